// Loads a page again whose scripts did not all arrive, because the server went away meanwhile: nothing else would ever make such a page
// live. A classic script in the head, because the modules run only when all of them are there.
(() => {
  'use strict';
  const KEY = 'blazorchat:loaded-again';
  const MOST = 5;
  const WITHIN = 60_000;
  const delay = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

  // Not by words.js, which may be missing.
  function word(key) {
    return JSON.parse(document.getElementById('words')?.textContent || '{}')[key] ?? key;
  }

  // The last script says so when it starts.
  const isWhole = () => document.documentElement.dataset.scripts === 'started';

  async function isAlive() {
    try {
      return (await fetch(new URL('health/live', document.baseURI), { cache: 'no-store' })).ok;
    } catch {
      return false;
    }
  }

  // Something else may keep a script away, such as an extension of the browser: then, loading again does not help.
  function mayLoadAgain() {
    try {
      const before = JSON.parse(sessionStorage.getItem(KEY) ?? '[]').filter(at => Date.now() - at < WITHIN);
      sessionStorage.setItem(KEY, JSON.stringify([...before, Date.now()]));
      return before.length < MOST;
    } catch {
      return false;
    }
  }

  function say(sentence) {
    const line = document.createElement('div');
    line.className = 'connection cut';
    line.setAttribute('role', 'alert');
    line.textContent = sentence;
    document.body.append(line);
  }

  async function loadAgain() {
    if (isWhole()) {
      return;
    }

    if (!mayLoadAgain()) {
      say(word('Whole_Reload'));
      return;
    }

    say(word('Whole_LoadsAgain'));
    while (!await isAlive()) {
      await delay(1000);
    }

    location.reload();
  }

  addEventListener('load', loadAgain);
})();
