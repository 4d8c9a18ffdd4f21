// Touch: a long press on a message opens its menu. Links and code keep what the browser does with them, such as selecting a part.
import { openMenu } from './message-actions.js';

const AFTER = 500;
const STILL = 10;

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

// Releasing the finger is a press beside the menu, which closes it.
function stayOpen(article) {
  const over = new AbortController();
  const { signal } = over;
  const menu = document.getElementById('message-menu');
  const end = () => setTimeout(() => over.abort(), AFTER);
  menu.addEventListener('toggle', e => {
    if (e.newState === 'closed') {
      over.abort();
      openMenu(article);
    }
  }, { signal });
  // Only what comes with the release: from then on, whatever closes it is meant.
  addEventListener('pointerup', end, { capture: true, signal, once: true });
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
