using BlazorChat.Samples;

var app = await SamplesApp.CreateAsync(args).ConfigureAwait(false);
await app.RunAsync().ConfigureAwait(false);
