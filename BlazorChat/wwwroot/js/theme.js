// Before the first paint: applies what was chosen in this browser, and stores in cookies for the server the time zone and language, by which it separates
// days and which it passes on to tools, and whether the window is narrow.
(() => {
  'use strict';
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem('blazorchat:theme');
    if (theme === 'light' || theme === 'dark') {
      root.dataset.theme = theme;
    }

    const density = localStorage.getItem('blazorchat:density');
    if (density === 'compact') {
      root.dataset.density = density;
    }

    if (localStorage.getItem('blazorchat:width') === 'wide') {
      root.dataset.width = 'wide';
    }

    const sidebar = Number(localStorage.getItem('blazorchat:sidebar'));
    if (sidebar >= 220 && sidebar <= 360) {
      root.style.setProperty('--sidebar', `${sidebar}px`);
    }

    if (localStorage.getItem('blazorchat:sidebar-state') === 'hidden') {
      root.dataset.sidebar = 'hidden';
    }
  } catch {
    // Storage is forbidden: the system's colors apply, and nothing else is remembered.
  }

  const path = new URL(document.baseURI).pathname;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    document.cookie = `zone=${zone}; path=${path}; max-age=31536000; samesite=lax`;
  }

  // For the start page, which is the list of rooms on a phone.
  const narrow = matchMedia('(width < 40rem)');
  const keepWidth = () => {
    document.cookie = `narrow=${Number(narrow.matches)}; path=${path}; max-age=31536000; samesite=lax`;
  };
  keepWidth();
  narrow.addEventListener('change', keepWidth);

  if (navigator.language) {
    document.cookie = `language=${navigator.language}; path=${path}; max-age=31536000; samesite=lax`;
  }
})();
