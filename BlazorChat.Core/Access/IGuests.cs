namespace BlazorChat.Access;

/// <summary>Whether people without an account are let in.</summary>
internal interface IGuests
{
    /// <summary>Whether this server lets guests in at all. Asked with every permission of a guest: must be quick.</summary>
    /// <param name="hadAdministrator">Whether the server ever had an administrator.</param>
    bool AreLetIn(bool hadAdministrator);
}
