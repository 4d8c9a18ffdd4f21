// The code of the client tool get_screen_size: what it returns is the tool's result, what it throws is its error.
blazorChat.tools.register("get_screen_size", () => ({ width: window.innerWidth, height: window.innerHeight }));
