// Before the first paint: the chosen colours, and the time zone and the language for the server, which
// draws the lines between days and tells them to tools that an answer calls.
(() => {
  'use strict';
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem('blazorchat:theme');
    if (theme === 'light' || theme === 'dark') {
      root.dataset.theme = theme;
    }
  } catch {
    // Storage is forbidden: the system's colours.
  }

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  }

  if (navigator.language) {
    document.cookie = `language=${navigator.language}; path=/; max-age=31536000; samesite=lax`;
  }
})();
