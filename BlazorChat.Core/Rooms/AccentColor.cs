using System.Globalization;

namespace BlazorChat.Rooms;

/// <summary>
/// A color that a server or a room has in place of the pages' own accent. From the chosen one follow those that are shown, in light and in
/// dark: its hue stays, and its lightness is moved as far as the text on it, and it as text, can be read (WCAG 2.2: 4.5 to 1).
/// </summary>
public sealed class AccentColor
{
    /// <summary>The contrast that text needs.</summary>
    public const double LeastContrast = 4.5;

    // Where the accent stands as text: the darkest of the light surfaces and the lightest of the dark ones, see tokens.css.
    private static readonly Rgb LightSurface = Rgb.Read(0xF1F3F1);
    private static readonly Rgb DarkSurface = Rgb.Read(0x1E2124);
    private static readonly Rgb White = Rgb.Read(0xFFFFFF);
    private static readonly Rgb DarkPaper = Rgb.Read(0x16181A);

    private AccentColor(Rgb chosen)
    {
        var (_, chroma, hue) = chosen.ToOklch();
        Chosen = chosen.ToString();
        var light = Darken(chosen, LightSurface);
        var dark = Lighten(Rgb.FromOklch(Math.Max(chosen.ToOklch().Lightness, 0.74), Math.Min(chroma, 0.15), hue), DarkSurface);
        var softLight = light.Mix(White, 0.1);
        var softDark = dark.Mix(DarkPaper, 0.17);
        (Light, Dark) = (light.ToString(), dark.ToString());
        (SoftLight, SoftDark) = (softLight.ToString(), softDark.ToString());
        (StrongLight, StrongDark) = (Darken(light.WithLightness(-0.06), softLight).ToString(), Lighten(dark.WithLightness(0.04), softDark).ToString());
        (OnLight, OnDark) = (White.ToString(), Rgb.FromOklch(0.2, Math.Min(chroma, 0.04), hue).ToString());
        IsAdjusted = light != chosen;
    }

    /// <summary>The chosen color, as six hexadecimal digits in lower case after a #.</summary>
    public string Chosen { get; }

    /// <summary>The color as it is shown on light pages.</summary>
    public string Light { get; }

    /// <summary>The color as it is shown on dark pages.</summary>
    public string Dark { get; }

    /// <summary>The color for text on the soft one, and for what the pointer is over; light.</summary>
    public string StrongLight { get; }

    /// <summary>The same, dark.</summary>
    public string StrongDark { get; }

    /// <summary>The background of what is chosen, light.</summary>
    public string SoftLight { get; }

    /// <summary>The same, dark.</summary>
    public string SoftDark { get; }

    /// <summary>Text on the color, light.</summary>
    public string OnLight { get; }

    /// <summary>The same, dark.</summary>
    public string OnDark { get; }

    /// <summary>Whether light pages show a darker color than the chosen one, because text in it could not be read.</summary>
    public bool IsAdjusted { get; }

    /// <summary>Reads a color: three or six hexadecimal digits, with or without a # before them.</summary>
    /// <returns>The color, or null if the text is none.</returns>
    public static AccentColor? Find(string? text)
    {
        var digits = text?.Trim().TrimStart('#') ?? "";
        if (digits.Length == 3)
        {
            digits = string.Concat(digits.Select(d => new string(d, 2)));
        }

        return digits.Length == 6 && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new AccentColor(Rgb.Read(value))
            : null;
    }

    /// <summary>The contrast of two colors, from 1 to 21.</summary>
    public static double Contrast(string one, string other) => Rgb.Read(one).Contrast(Rgb.Read(other));

    private static Rgb Darken(Rgb color, Rgb surface) => Move(color, surface, -0.01);

    private static Rgb Lighten(Rgb color, Rgb surface) => Move(color, surface, 0.01);

    private static Rgb Move(Rgb color, Rgb surface, double step)
    {
        var (lightness, chroma, hue) = color.ToOklch();
        for (var moved = color; ; moved = Rgb.FromOklch(lightness, chroma, hue))
        {
            if (moved.Contrast(surface) >= LeastContrast)
            {
                return moved;
            }

            lightness += step;
            // Neither black nor white has a color.
            chroma = Math.Min(chroma, 0.4 * Math.Min(lightness, 1 - lightness) + 0.02);
        }
    }

    private sealed record Rgb(byte R, byte G, byte B)
    {
        private double Luminance => (0.2126 * Linear(R)) + (0.7152 * Linear(G)) + (0.0722 * Linear(B));

        public static Rgb Read(int value) => new((byte)(value >> 16), (byte)(value >> 8), (byte)value);

        public static Rgb Read(string hex) => Read(int.Parse(hex.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

        public static Rgb FromOklch(double lightness, double chroma, double hue)
        {
            var (a, b) = (chroma * Math.Cos(hue), chroma * Math.Sin(hue));
            var l = Math.Pow(lightness + (0.3963377774 * a) + (0.2158037573 * b), 3);
            var m = Math.Pow(lightness - (0.1055613458 * a) - (0.0638541728 * b), 3);
            var s = Math.Pow(lightness - (0.0894841775 * a) - (1.2914855480 * b), 3);
            return new Rgb(
                Gamma((4.0767416621 * l) - (3.3077115913 * m) + (0.2309699292 * s)),
                Gamma((-1.2684380046 * l) + (2.6097574011 * m) - (0.3413193965 * s)),
                Gamma((-0.0041960863 * l) - (0.7034186147 * m) + (1.7076147010 * s)));
        }

        public (double Lightness, double Chroma, double Hue) ToOklch()
        {
            var (r, g, b) = (Linear(R), Linear(G), Linear(B));
            var l = Math.Cbrt((0.4122214708 * r) + (0.5363325363 * g) + (0.0514459929 * b));
            var m = Math.Cbrt((0.2119034982 * r) + (0.6806995451 * g) + (0.1073969566 * b));
            var s = Math.Cbrt((0.0883024619 * r) + (0.2817188376 * g) + (0.6299787005 * b));
            var x = (1.9779984951 * l) - (2.4285922050 * m) + (0.4505937099 * s);
            var y = (0.0259040371 * l) + (0.7827717662 * m) - (0.8086757660 * s);
            return ((0.2104542553 * l) + (0.7936177850 * m) - (0.0040720468 * s), Math.Sqrt((x * x) + (y * y)), Math.Atan2(y, x));
        }

        public Rgb WithLightness(double change)
        {
            var (lightness, chroma, hue) = ToOklch();
            return FromOklch(Math.Clamp(lightness + change, 0, 1), chroma, hue);
        }

        public Rgb Mix(Rgb paper, double share) => new(Mix(R, paper.R, share), Mix(G, paper.G, share), Mix(B, paper.B, share));

        public double Contrast(Rgb other)
        {
            var (one, two) = (Luminance + 0.05, other.Luminance + 0.05);
            return Math.Max(one, two) / Math.Min(one, two);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{R:x2}{G:x2}{B:x2}");

        private static byte Mix(byte color, byte paper, double share) => (byte)Math.Round((color * share) + (paper * (1 - share)));

        private static double Linear(byte value) => value / 255d is var part && part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);

        private static byte Gamma(double linear)
        {
            var part = Math.Clamp(linear, 0, 1);
            return (byte)Math.Round(255 * (part <= 0.0031308 ? part * 12.92 : (1.055 * Math.Pow(part, 1 / 2.4)) - 0.055));
        }
    }
}
