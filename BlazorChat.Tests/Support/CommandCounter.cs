using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BlazorChat.Tests.Support;

/// <summary>Counts the commands that a database gets.</summary>
internal sealed class CommandCounter : DbCommandInterceptor
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        Interlocked.Increment(ref _count);
        return result;
    }
}
