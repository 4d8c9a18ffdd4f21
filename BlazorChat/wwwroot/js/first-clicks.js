// The first HTML looks like the page before a circuit is behind it. What is pressed until then counts: it is done, once, as soon as the
// live element that replaces the pressed one is there. What scripts open by themselves (menus, dialogs, the room switcher) opens at once
// and is still open afterwards.
const nameOf = element => `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.trim()}`;

// Controls that scripts handle without the circuit and that lose nothing when they are replaced.
const LOCAL = `[popovertarget], [data-theme-set], [data-density-set], [data-width-set], [data-sidebar-toggle], [data-open-dialog], [data-close-dialog], [data-message-menu], [data-copy-message],
  [data-copy-chosen], [data-copy-link], .code-block button, [data-copy-table], [data-suggest], [data-to-end], [data-reload], [data-send], .pending *, .leftovers *`;

const LIVE_WITHIN = 15_000;

let isLive = false;

// What to do, in order: { find, act, until }.
const waiting = [];

/** Does something as soon as the page is live; `find` gives what it needs from the live page, or nothing yet. */
export function whenLive(find, act) {
  if (isLive) {
    act(find());
  } else {
    waiting.push({ find, act });
  }
}

/** Whether no circuit has rendered this page yet, but one will. */
export const isEarly = () => !isLive && document.querySelector('[data-path]') !== null;

// Finds the element that replaces another one: the same name in the same place, and among several the same one.
function finderOf(element) {
  const name = nameOf(element);
  const scope = element.closest('article[id], [popover][id], dialog[id]')?.id;
  const all = () => [...(scope ? document.getElementById(scope) : document)?.querySelectorAll(element.tagName) ?? []].filter(e => nameOf(e) === name);
  const at = all().indexOf(element);
  return { key: `${scope} ${name} ${at}`, find: () => all()[at] };
}

addEventListener('click', e => {
  const control = e.target.closest?.('button, input[type=checkbox], input[type=radio]');
  if (!control || !isEarly() || !control.closest('.shell') || control.matches(LOCAL)) {
    return;
  }

  e.preventDefault();
  e.stopImmediatePropagation();
  const { key, find } = finderOf(control);
  // Who presses twice because nothing happened means it once.
  if (!waiting.some(other => other.key === key)) {
    control.dataset.waiting = '';
    waiting.push({ key, find, act: live => live.click() });
  }
}, true);

function doWhatWaits() {
  for (const item of [...waiting]) {
    item.until ??= Date.now() + LIVE_WITHIN;
    const found = item.find();
    if (found || Date.now() > item.until) {
      waiting.splice(waiting.indexOf(item), 1);
      if (found) {
        item.act(found);
      }
    }
  }
}

// Before the first live elements replace those of the first HTML.
let open = [];
document.addEventListener('chat:rendering', () => {
  if (!isLive) {
    open = [...document.querySelectorAll('.shell :popover-open, dialog[open]')].filter(element => element.id && element.id !== 'message-menu').map(element => ({
      id: element.id,
      isDialog: element.matches('dialog'),
      text: element.querySelector('input')?.value,
    }));
  }
});

document.addEventListener('chat:rendered', () => {
  isLive = true;
  for (const item of [...open]) {
    const element = document.getElementById(item.id);
    // Parts of the page may come with a later rendering.
    if (element) {
      open.splice(open.indexOf(item), 1);
      openAgain(element, item);
    }
  }

  doWhatWaits();
});

function openAgain(element, { isDialog, text }) {
  if (isDialog && !element.open) {
    element.showModal();
  } else if (!isDialog && !element.matches(':popover-open')) {
    element.showPopover();
  }

  const input = element.querySelector('input');
  if (input && text) {
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

// If the button is pressed on the old element and released on the new one, the click would be lost: browsers send a click only if both
// happen on the same element.
let pressed;

document.addEventListener('pointerdown', e => {
  pressed = e.button === 0 ? e.target.closest?.('a, button') : null;
}, true);

document.addEventListener('pointerup', e => {
  if (pressed && !pressed.isConnected) {
    const now = e.target.closest?.('a, button');
    if (now && nameOf(now) === nameOf(pressed)) {
      now.click();
    }
  }

  pressed = null;
}, true);
