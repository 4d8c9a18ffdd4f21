using CsCheck;

namespace BlazorChat.Tests.Support;

/// <summary>
/// Something that holds for whatever a generator makes. The ordinary run tries the same sample every time, so that it fails for what was
/// changed and for nothing else; <c>eng/test.sh soak</c> tries others each time. What fails is made as small as it can be, and told with
/// the seed that gives it again.
/// </summary>
internal static class Property
{
    private const ulong FirstSeed = 20_260_102;

    /// <summary>Tries it.</summary>
    /// <param name="gen">Makes what to try.</param>
    /// <param name="holds">Whether it holds; may throw instead.</param>
    /// <param name="sample">How many to try in the ordinary run.</param>
    /// <param name="whole">How many to try in the soak run.</param>
    public static void Holds<T>(Gen<T> gen, Func<T, bool> holds, int sample, int whole)
    {
        if (Soak.IsWhole)
        {
            gen.Sample(holds, iter: whole, threads: 1);
            return;
        }

        for (var i = 0; i < sample; i++)
        {
            var random = new PCG(1, FirstSeed + (ulong)i);
            var seed = random.ToString(random.State);
            if (!Try(holds, gen.Generate(random, null, out _)))
            {
                // Fails with the seed, and with less if it finds any.
                gen.Sample(holds, seed: seed, iter: 1_000, threads: 1);
            }
        }
    }

    private static bool Try<T>(Func<T, bool> holds, T value)
    {
        try
        {
            return holds(value);
        }
#pragma warning disable CA1031 // Whatever is thrown, it does not hold; CsCheck tells it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
