// Keyboard shortcuts of the whole page. The message box handles its own keys.
import { isOfInputMethod } from './keys.js';

const isTyping = target => target.matches?.('input, textarea, select, [contenteditable]');

function moveInRooms(e) {
  const links = [...document.querySelectorAll('nav.rooms a:not(details:not([open]) a)')];
  const at = links.indexOf(e.target);
  if (at < 0) {
    return;
  }

  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[e.key];
  if (to !== undefined) {
    e.preventDefault();
    links[Math.max(0, Math.min(links.length - 1, to))].focus();
  }
}

// Skips to the message box, or to the content if there is none. Done here, because the base address makes "#content" another page.
document.addEventListener('click', e => {
  if (e.target.closest('[data-skip]')) {
    e.preventDefault();
    (document.getElementById('message') ?? document.getElementById('content'))?.focus();
  }
}, true);

document.addEventListener('keydown', e => {
  if (isOfInputMethod(e) || e.defaultPrevented) {
    return;
  }

  if (e.key === '?' && !isTyping(e.target) && !document.querySelector('dialog[open]')) {
    e.preventDefault();
    document.getElementById('keys')?.showModal();
  } else if (e.key === 'Escape' && !e.repeat && !document.querySelector('dialog[open], :popover-open')) {
    const panel = document.querySelector('aside.panel');
    if (panel) {
      // Not by its watcher once more: see back.js.
      e.preventDefault();
      panel.querySelector('[data-close]')?.click();
      return;
    }

    // Nothing is open to close, so Escape stops the answer. A key that is held down stops only one answer, not the next as well.
    document.querySelector('[data-stop]')?.click();
  } else if (!e.ctrlKey && !e.metaKey && !e.altKey) {
    moveInRooms(e);
  }
});
