using System.Collections.Immutable;
using BlazorChat.Access;

namespace BlazorChat.Rooms;

/// <summary>Something that was removed and can still be brought back, for the owners of its room to read.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Name">The room's name.</param>
/// <param name="IsRoom">Whether the room itself was deleted; otherwise its messages were cleared.</param>
/// <param name="At">When it was removed.</param>
/// <param name="Until">Until when it can be brought back.</param>
/// <param name="By">The name of who removed it.</param>
public sealed record RemovedRoom(Guid RoomId, string Name, bool IsRoom, DateTimeOffset At, DateTimeOffset Until, string By);

/// <summary>The last removal in a room, as it is stored.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Name">The room's name.</param>
/// <param name="IsRoom">Whether the room itself was deleted.</param>
/// <param name="At">When.</param>
/// <param name="By">Who did it; null for code on the server.</param>
internal sealed record RoomRemoval(Guid RoomId, string Name, bool IsRoom, DateTimeOffset At, Guid? By);

/// <summary>A deleted room that can still be brought back.</summary>
/// <param name="Room">The room.</param>
/// <param name="Members">Its members.</param>
/// <param name="By">Who deleted it; null for code on the server.</param>
/// <param name="At">When.</param>
internal sealed record DeletedRoom(Room Room, IReadOnlyList<RoomMember> Members, Guid? By, DateTimeOffset At);

/// <summary>What a change has brought back.</summary>
/// <param name="Room">The room as it is then.</param>
/// <param name="IsRoom">Whether it is the room itself.</param>
/// <param name="Count">The number of messages that are visible again.</param>
/// <param name="Newest">The newest of them, in order of sequence, at most <see cref="RoomLimits.WindowSize"/>.</param>
/// <param name="HasOlder">Whether there are messages before those.</param>
internal sealed record BroughtBackChange(Room Room, bool IsRoom, int Count, ImmutableArray<Guid> Newest, bool HasOlder);
