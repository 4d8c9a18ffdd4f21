// Before the first paint: applies the chosen colors, and stores the time zone and language in cookies for the server, which separates
// days by them and passes them on to tools.
(() => {
  'use strict';
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem('blazorchat:theme');
    if (theme === 'light' || theme === 'dark') {
      root.dataset.theme = theme;
    }
  } catch {
    // Storage is forbidden: the system's colors apply.
  }

  const path = new URL(document.baseURI).pathname;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    document.cookie = `zone=${zone}; path=${path}; max-age=31536000; samesite=lax`;
  }

  if (navigator.language) {
    document.cookie = `language=${navigator.language}; path=${path}; max-age=31536000; samesite=lax`;
  }
})();
