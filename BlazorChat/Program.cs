using BlazorChat;

var app = await BlazorChatApp.CreateAsync(args).ConfigureAwait(false);
await app.RunAsync().ConfigureAwait(false);
