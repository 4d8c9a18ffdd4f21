// The actions on messages. Their buttons are plain markup in every message. One listener serves them all, one menu opens at the message
// whose button was clicked, and one input passes the chosen action to the server (see MessageList.razor).
import { announce } from './announce.js';
import { mustWait } from './away.js';
import { write } from './copy.js';
import { isEarly, whenLive } from './first-clicks.js';
import { isOfInputMethod } from './keys.js';
import { word } from './words.js';

let chosen;

/** Tells the server what to do with a message. */
export function tell(act, article) {
  if (article && isEarly()) {
    const { id } = article;
    whenLive(() => document.getElementById(id), live => tell(act, live));
    return;
  }

  const input = document.querySelector('[data-message-command]');
  if (input && article && !mustWait()) {
    input.value = `${act} ${article.id.slice(2)}`;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

function may(article, act) {
  return article.dataset.may.split(' ').includes(act);
}

/** Opens the menu of the message that an element belongs to. */
export function openMenu(button) {
  const menu = document.getElementById('message-menu');
  chosen = button.closest('article');
  for (const item of menu.querySelectorAll('[data-act]')) {
    item.hidden = !may(chosen, item.dataset.act);
  }

  for (const note of menu.querySelectorAll('[data-note]')) {
    note.hidden = !may(chosen, 'again-not');
    note.textContent = document.getElementById(note.dataset.note)?.textContent ?? '';
  }

  menu.showPopover({ source: button });
  items(menu)[0]?.focus();
  if (matchMedia('(width < 40rem)').matches) {
    // A sheet at the lower edge.
    menu.style.top = menu.style.left = '';
    return;
  }

  // Below the button, or above it if there is no room below; always within the window.
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4;
  menu.style.top = `${Math.max(8, below + height <= innerHeight - 8 ? below : at.top - height - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
}

const items = menu => [...menu.querySelectorAll('button')].filter(item => !item.hidden);

async function copyLink(article) {
  const link = new URL(location.href);
  link.hash = article.id;
  try {
    await write(link.href);
    announce(word('Copy_Done'));
  } catch {
    announce(word('Copy_Refused'));
  }
}

document.addEventListener('click', e => {
  const menuButton = e.target.closest('[data-message-menu]');
  if (menuButton) {
    openMenu(menuButton);
    return;
  }

  const menu = e.target.closest('#message-menu');
  const act = e.target.closest('[data-act]')?.dataset.act;
  const article = menu ? chosen : e.target.closest('article.message');
  if (act && article?.isConnected && e.detail < 2) {
    tell(act, article);
  } else if (menu && e.target.closest('[data-copy-chosen]')) {
    chosen?.querySelector('[data-copy-message]')?.click();
  } else if (menu && e.target.closest('[data-copy-link]')) {
    copyLink(chosen);
  }
});

document.addEventListener('keydown', e => {
  if (isOfInputMethod(e) || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) {
    return;
  }

  const menu = e.target.closest?.('#message-menu');
  if (menu) {
    const all = items(menu);
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      all[to].focus();
    }
  } else if (e.key === 'ArrowUp' && e.target.id === 'message' && e.target.value === '') {
    // The person's last message, if it is on the page.
    const own = [...document.querySelectorAll('chat-log article.own')].findLast(article => may(article, 'edit'));
    if (own) {
      e.preventDefault();
      tell('edit', own);
    }
  }
});
