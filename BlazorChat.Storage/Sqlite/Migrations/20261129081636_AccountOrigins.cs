using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class AccountOrigins : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "AccountBy",
                table: "People",
                type: "TEXT",
                maxLength: 64,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "AccountBy",
                table: "People");
        }
    }
}
