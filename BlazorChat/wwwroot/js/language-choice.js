// The language of the pages in this browser. A cookie tells the server, which writes them, so the page is loaded again.
import { loadAgain } from './away.js';

const path = new URL(document.baseURI).pathname;

function chosen() {
  return document.cookie.match(/(?:^|; )language-choice=([^;]*)/)?.[1] ?? '';
}

// No choice: as the browser.
document.addEventListener('click', e => {
  const language = e.target.closest('[data-language-set]')?.dataset.languageSet;
  if (language !== undefined && language !== chosen()) {
    document.cookie = `language-choice=${language}; path=${path}; max-age=${language ? 31536000 : 0}; samesite=lax`;
    loadAgain();
  }
});

// When the menu opens.
document.addEventListener('beforetoggle', () => {
  for (const button of document.querySelectorAll('[data-language-set]')) {
    button.setAttribute('aria-pressed', String(button.dataset.languageSet === chosen()));
  }
}, true);
