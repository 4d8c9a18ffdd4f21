using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class RemovedMessages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "RemovedMessages",
                columns: table => new
                {
                    RoomId = table.Column<Guid>(type: "uuid", nullable: false),
                    Sequence = table.Column<long>(type: "bigint", nullable: false),
                    AuthorId = table.Column<string>(type: "text", maxLength: 64, nullable: false, collation: "C"),
                    ClientId = table.Column<Guid>(type: "uuid", nullable: false),
                    PostedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RemovedMessages", x => new { x.RoomId, x.Sequence });
                    table.ForeignKey(
                        name: "FK_RemovedMessages_Rooms_RoomId",
                        column: x => x.RoomId,
                        principalTable: "Rooms",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_RemovedMessages_RoomId_AuthorId_ClientId",
                table: "RemovedMessages",
                columns: new[] { "RoomId", "AuthorId", "ClientId" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "RemovedMessages");
        }
    }
}
