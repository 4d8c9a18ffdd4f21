using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class QueuePlaces : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Steps_RoomId",
                table: "Steps");

            migrationBuilder.AddColumn<string>(
                name: "EarlierQuestions",
                table: "Turns",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "Sequence",
                table: "Steps",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateIndex(
                name: "IX_Steps_RoomId_Sequence",
                table: "Steps",
                columns: new[] { "RoomId", "Sequence" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Steps_RoomId_Sequence",
                table: "Steps");

            migrationBuilder.DropColumn(
                name: "EarlierQuestions",
                table: "Turns");

            migrationBuilder.DropColumn(
                name: "Sequence",
                table: "Steps");

            migrationBuilder.CreateIndex(
                name: "IX_Steps_RoomId",
                table: "Steps",
                column: "RoomId");
        }
    }
}
