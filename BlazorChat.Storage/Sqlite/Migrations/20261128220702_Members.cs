using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Sqlite.Migrations
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
                type: "INTEGER",
                nullable: false,
                // Rooms from before stay open to everyone. New ones say what they are.
                defaultValue: 2);

            migrationBuilder.AddColumn<bool>(
                name: "HidesHistory",
                table: "Rooms",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "Members",
                columns: table => new
                {
                    RoomId = table.Column<Guid>(type: "TEXT", nullable: false),
                    PersonId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Role = table.Column<int>(type: "INTEGER", nullable: false),
                    Since = table.Column<long>(type: "INTEGER", nullable: false),
                    SeesFrom = table.Column<long>(type: "INTEGER", nullable: false)
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

            // Whoever made a room owns it. Ids were mostly stored without hyphens there.
            migrationBuilder.Sql(
                """
                INSERT INTO "Members" ("RoomId", "PersonId", "Role", "Since", "SeesFrom")
                SELECT "Id", substr(o, 1, 8) || '-' || substr(o, 9, 4) || '-' || substr(o, 13, 4) || '-' || substr(o, 17, 4) || '-' || substr(o, 21), 2, "CreatedAt", 0
                FROM (SELECT "Id", "CreatedAt", upper(replace("OwnerId", '-', '')) AS o FROM "Rooms")
                WHERE length(o) = 32 AND o NOT GLOB '*[^0-9A-F]*';
                """);

            // EF Core would write the whole table again.
            migrationBuilder.Sql("""ALTER TABLE "Rooms" DROP COLUMN "OwnerId";""");
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
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.Sql(
                """
                UPDATE "Rooms" SET "OwnerId" = (SELECT lower(replace(m."PersonId", '-', '')) FROM "Members" m WHERE m."RoomId" = "Rooms"."Id" AND m."Role" = 2 ORDER BY m."Since" LIMIT 1);
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
