using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BlazorChat.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class TurnEngine : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Turns_RoomId_AssistantId_State",
                table: "Turns");

            migrationBuilder.AddColumn<long>(
                name: "BeganAt",
                table: "Turns",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "FirstStep",
                table: "Turns",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<bool>(
                name: "IsRegeneration",
                table: "Turns",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "NotBefore",
                table: "Turns",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "QuestionId",
                table: "Turns",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RecoveredProgress",
                table: "Turns",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<int>(
                name: "Recoveries",
                table: "Turns",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Request",
                table: "Turns",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "CachedInputTokens",
                table: "Rooms",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "CostMicros",
                table: "Rooms",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "DisabledTools",
                table: "Rooms",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "InputTokens",
                table: "Rooms",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "OutputTokens",
                table: "Rooms",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<int>(
                name: "Overlap",
                table: "Rooms",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "OwnerId",
                table: "Rooms",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "QuietMilliseconds",
                table: "Rooms",
                type: "INTEGER",
                nullable: false,
                defaultValue: 2000);

            migrationBuilder.AddColumn<long>(
                name: "ReasoningTokens",
                table: "Rooms",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "AskedById",
                table: "Messages",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "AskedByKind",
                table: "Messages",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AskedByName",
                table: "Messages",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "EditedAt",
                table: "Messages",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Metadata",
                table: "Messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "QuestionId",
                table: "Messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Step",
                table: "Messages",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "Versions",
                table: "Messages",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<bool>(
                name: "IsReasoning",
                table: "Journal",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "Step",
                table: "Journal",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "Blobs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    MessageId = table.Column<Guid>(type: "TEXT", nullable: false),
                    MediaType = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Blobs", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Blobs_Messages_MessageId",
                        column: x => x.MessageId,
                        principalTable: "Messages",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "MessageVersions",
                columns: table => new
                {
                    MessageId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Parts = table.Column<string>(type: "TEXT", nullable: false),
                    Status = table.Column<int>(type: "INTEGER", nullable: false),
                    StatusDetail = table.Column<string>(type: "TEXT", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Metadata = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MessageVersions", x => new { x.MessageId, x.Number });
                    table.ForeignKey(
                        name: "FK_MessageVersions_Messages_MessageId",
                        column: x => x.MessageId,
                        principalTable: "Messages",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Steps",
                columns: table => new
                {
                    MessageId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Step = table.Column<int>(type: "INTEGER", nullable: false),
                    RoomId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Steps", x => new { x.MessageId, x.Version, x.Step });
                    table.ForeignKey(
                        name: "FK_Steps_Messages_MessageId",
                        column: x => x.MessageId,
                        principalTable: "Messages",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Turns_RoomId_AssistantId_State",
                table: "Turns",
                columns: new[] { "RoomId", "AssistantId", "State" });

            migrationBuilder.CreateIndex(
                name: "OneRunning",
                table: "Turns",
                columns: new[] { "RoomId", "AssistantId" },
                unique: true,
                filter: "\"State\" = 1");

            migrationBuilder.CreateIndex(
                name: "IX_Messages_QuestionId",
                table: "Messages",
                column: "QuestionId");

            migrationBuilder.CreateIndex(
                name: "IX_Blobs_MessageId",
                table: "Blobs",
                column: "MessageId");

            migrationBuilder.CreateIndex(
                name: "IX_Steps_RoomId",
                table: "Steps",
                column: "RoomId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Blobs");

            migrationBuilder.DropTable(
                name: "MessageVersions");

            migrationBuilder.DropTable(
                name: "Steps");

            migrationBuilder.DropIndex(
                name: "IX_Turns_RoomId_AssistantId_State",
                table: "Turns");

            migrationBuilder.DropIndex(
                name: "OneRunning",
                table: "Turns");

            migrationBuilder.DropIndex(
                name: "IX_Messages_QuestionId",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "BeganAt",
                table: "Turns");

            migrationBuilder.DropColumn(
                name: "FirstStep",
                table: "Turns");

            migrationBuilder.DropColumn(
                name: "IsRegeneration",
                table: "Turns");

            migrationBuilder.DropColumn(
                name: "NotBefore",
                table: "Turns");

            migrationBuilder.DropColumn(
                name: "QuestionId",
                table: "Turns");

            migrationBuilder.DropColumn(
                name: "RecoveredProgress",
                table: "Turns");

            migrationBuilder.DropColumn(
                name: "Recoveries",
                table: "Turns");

            migrationBuilder.DropColumn(
                name: "Request",
                table: "Turns");

            migrationBuilder.DropColumn(
                name: "CachedInputTokens",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "CostMicros",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "DisabledTools",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "InputTokens",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "OutputTokens",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "Overlap",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "OwnerId",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "QuietMilliseconds",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "ReasoningTokens",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "AskedById",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "AskedByKind",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "AskedByName",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "EditedAt",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "Metadata",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "QuestionId",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "Step",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "Versions",
                table: "Messages");

            migrationBuilder.DropColumn(
                name: "IsReasoning",
                table: "Journal");

            migrationBuilder.DropColumn(
                name: "Step",
                table: "Journal");

            migrationBuilder.CreateIndex(
                name: "IX_Turns_RoomId_AssistantId_State",
                table: "Turns",
                columns: new[] { "RoomId", "AssistantId", "State" },
                unique: true);
        }
    }
}
