// The code of the browser tool get_screen_size. Its return value is the result; its exceptions are errors.
blazorChat.tools.register("get_screen_size", () => ({ width: window.innerWidth, height: window.innerHeight }));
