using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Sqlite.Migrations
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
                type: "INTEGER",
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
