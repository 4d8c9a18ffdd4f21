using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Outbox : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // A response is the asker's, who wrote its question; whoever asked for another version had become the asker.
            migrationBuilder.Sql(
                """
                UPDATE "Messages" SET
                    "AskedByKind" = (SELECT q."AuthorKind" FROM "Messages" AS q WHERE q."Id" = "Messages"."QuestionId"),
                    "AskedById" = (SELECT q."AuthorId" FROM "Messages" AS q WHERE q."Id" = "Messages"."QuestionId"),
                    "AskedByName" = (SELECT q."AuthorName" FROM "Messages" AS q WHERE q."Id" = "Messages"."QuestionId")
                WHERE "AuthorKind" = 1 AND EXISTS (
                    SELECT 1 FROM "Messages" AS q WHERE q."Id" = "Messages"."QuestionId" AND q."AuthorKind" = 0 AND q."AuthorId" <> "Messages"."AskedById")
                """);

            migrationBuilder.AddColumn<long>(
                name: "LastEvent",
                table: "Rooms",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "Outbox",
                columns: table => new
                {
                    Position = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    RoomId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<long>(type: "INTEGER", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SubjectId = table.Column<Guid>(type: "TEXT", nullable: true),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Outbox", x => x.Position);
                });

            migrationBuilder.CreateTable(
                name: "OutboxPositions",
                columns: table => new
                {
                    Consumer = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Position = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OutboxPositions", x => x.Consumer);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Outbox_RoomId_Number",
                table: "Outbox",
                columns: new[] { "RoomId", "Number" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Outbox");

            migrationBuilder.DropTable(
                name: "OutboxPositions");

            migrationBuilder.DropColumn(
                name: "LastEvent",
                table: "Rooms");
        }
    }
}
