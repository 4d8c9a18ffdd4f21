// Print: loads older messages first, so that the conversation is printed and not only what happens to be on the page (print.css).
import { announce } from './announce.js';
import { word } from './words.js';

// A page keeps 1,000 messages. What it says about this bound is in the menu and, if there are older messages, on the paper.
const MOST = 900;

const PATIENCE = 15_000;

let isLoading = false;

// For print.css: what the paper says in place of older messages.
document.documentElement.style.setProperty('--older-missing', JSON.stringify(word('Print_OlderMissing')));

const older = () => document.querySelector('[data-load-older]');

const count = () => document.querySelectorAll('chat-log article').length;

// Whether it became true in time.
function until(condition) {
  return new Promise(resolve => {
    const log = document.querySelector('chat-log');
    const end = isTrue => {
      changes.disconnect();
      clearTimeout(timer);
      resolve(isTrue);
    };
    const changes = new MutationObserver(() => condition() && end(true));
    const timer = setTimeout(() => end(false), PATIENCE);
    changes.observe(log, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
    if (condition()) {
      end(true);
    }
  });
}

async function loadOlder() {
  while (older() && count() < MOST) {
    const before = count();
    older().click();
    if (!await until(() => count() > before && !older()?.disabled)) {
      return;
    }
  }
}

async function print() {
  if (isLoading || !document.querySelector('chat-log')) {
    return;
  }

  isLoading = true;
  try {
    if (older()) {
      announce(word('Print_Loading'));
      await loadOlder();
    }
  } finally {
    isLoading = false;
  }

  globalThis.print();
}

document.addEventListener('click', e => {
  const button = e.target.closest('[data-print]');
  if (button) {
    button.closest('[popover]')?.hidePopover();
    print();
  }
});
