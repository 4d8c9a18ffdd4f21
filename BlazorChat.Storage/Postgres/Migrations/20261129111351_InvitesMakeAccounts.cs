using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class InvitesMakeAccounts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "MakesAccounts",
                table: "RoomInvites",
                type: "boolean",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "MakesAccounts",
                table: "RoomInvites");
        }
    }
}
