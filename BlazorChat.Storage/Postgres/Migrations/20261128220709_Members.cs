using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Members : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Rooms_NameKey",
                table: "Rooms");

            migrationBuilder.AddColumn<int>(
                name: "Visibility",
                table: "Rooms",
                type: "integer",
                nullable: false,
                // Rooms from before stay open to everyone. New ones say what they are.
                defaultValue: 2);

            migrationBuilder.AddColumn<bool>(
                name: "HidesHistory",
                table: "Rooms",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "Members",
                columns: table => new
                {
                    RoomId = table.Column<Guid>(type: "uuid", nullable: false),
                    PersonId = table.Column<Guid>(type: "uuid", nullable: false),
                    Role = table.Column<int>(type: "integer", nullable: false),
                    Since = table.Column<long>(type: "bigint", nullable: false),
                    SeesFrom = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Members", x => new { x.RoomId, x.PersonId });
                    table.ForeignKey(
                        name: "FK_Members_Rooms_RoomId",
                        column: x => x.RoomId,
                        principalTable: "Rooms",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Members_PersonId",
                table: "Members",
                column: "PersonId");

            // Whoever made a room owns it. Ids were mostly stored without hyphens there. What is nobody's id owns nothing: administrators decide then.
            migrationBuilder.Sql(
                """
                INSERT INTO "Members" ("RoomId", "PersonId", "Role", "Since", "SeesFrom")
                SELECT "Id", replace("OwnerId", '-', '')::uuid, 2, "CreatedAt", 0 FROM "Rooms" WHERE replace("OwnerId", '-', '') ~ '^[0-9A-Fa-f]{32}$';
                """);

            migrationBuilder.DropColumn(
                name: "OwnerId",
                table: "Rooms");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "HidesHistory",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "Visibility",
                table: "Rooms");

            migrationBuilder.AddColumn<string>(
                name: "OwnerId",
                table: "Rooms",
                type: "text",
                maxLength: 64,
                nullable: true,
                collation: "C");

            migrationBuilder.Sql(
                """
                UPDATE "Rooms" SET "OwnerId" = (SELECT replace(m."PersonId"::text, '-', '') FROM "Members" m WHERE m."RoomId" = "Rooms"."Id" AND m."Role" = 2 ORDER BY m."Since" LIMIT 1);
                """);

            migrationBuilder.DropTable(
                name: "Members");

            migrationBuilder.CreateIndex(
                name: "IX_Rooms_NameKey",
                table: "Rooms",
                column: "NameKey",
                unique: true);
        }
    }
}
