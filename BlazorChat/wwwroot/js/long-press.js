// Touch: a long press on a message opens its menu. Links and code keep what the browser does with them, such as selecting a part.
import { openMenu } from './message-actions.js';

const AFTER = 500;
const STILL = 10;

// Milliseconds between what the browser does about one event.
const AT_ONCE = 60;

let press;

const isOwn = target => target.closest('a, button, input, textarea, select, summary, pre, [role=group]') !== null;

function end() {
  clearTimeout(press?.timer);
  press = undefined;
}

function open(article) {
  end();
  if (article.isConnected) {
    // What the browser selects meanwhile.
    getSelection().removeAllRanges();
    openMenu(article);
    navigator.vibrate?.(10);
    stayOpen(article);
  }
}

// Releasing the finger is a press beside the menu, which closes it. Whatever closes it at another time is meant.
function stayOpen(article) {
  const over = new AbortController();
  const { signal } = over;
  const menu = document.getElementById('message-menu');
  let [closed, released] = [0, -Infinity];
  menu.addEventListener('beforetoggle', () => { closed = performance.now(); }, { signal });
  // Later than both: its task is queued when the menu closes.
  menu.addEventListener('toggle', e => {
    if (e.newState === 'closed') {
      over.abort();
      if (Math.abs(closed - released) < AT_ONCE) {
        openMenu(article);
      }
    }
  }, { signal });
  addEventListener('pointerup', () => {
    released = performance.now();
    setTimeout(() => over.abort(), AFTER);
  }, { capture: true, signal, once: true });
  addEventListener('pointercancel', () => over.abort(), { capture: true, signal });
}

document.addEventListener('pointerdown', e => {
  end();
  const article = e.pointerType === 'touch' && e.isPrimary ? e.target.closest?.('article.message[data-may]') : null;
  if (article && !isOwn(e.target)) {
    press = { x: e.clientX, y: e.clientY, article, timer: setTimeout(open, AFTER, article) };
  }
});

document.addEventListener('pointermove', e => {
  if (press && Math.hypot(e.clientX - press.x, e.clientY - press.y) > STILL) {
    end();
  }
});

for (const over of ['pointerup', 'pointercancel', 'scroll']) {
  document.addEventListener(over, end, true);
}

// The browser's own menu would be above it.
document.addEventListener('contextmenu', e => {
  if (e.pointerType === 'touch' && e.target.closest?.('article.message[data-may]') && !isOwn(e.target)) {
    e.preventDefault();
  }
});
