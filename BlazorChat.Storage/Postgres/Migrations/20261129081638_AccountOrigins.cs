using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Postgres.Migrations
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
                type: "text",
                maxLength: 64,
                nullable: true,
                collation: "C");
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
