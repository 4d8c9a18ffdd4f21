// While the server is away: a link would leave the page for the browser's own error, from which nothing comes back, and a button
// would do nothing without a word. The page stays, remembers where somebody wants to go and goes there when the server is there
// again; of anything else that needs the server it says that it was not done.
const root = document.documentElement;

// What the browser does by itself, or keeps until the server is there.
const LOCAL = `[popovertarget], [data-theme-set], [data-open-dialog], [data-close-dialog], [data-message-menu], [data-copy-message],
  [data-copy-chosen], [data-copy-link], [data-copy-code], [data-suggest], [data-to-end], [data-reload], [data-send], .pending *, kept-field *`;

// Where to go next: { url, name, isWhole }.
let wanted;

// On a page without a circuit: what is done next, { promise }.
let pending;

// Whether something else was asked for since the server went away.
let isRefused = false;

let isLeaving = false;

const isAway = () => root.dataset.connection === 'down';

// Pages for those who have not joined, and errors: nothing tells them that the server is away.
const hasCircuit = () => document.querySelector('[data-path]') !== null;

export const delay = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** Whether the server answers; one that is stopping says no. */
export async function isAlive() {
  try {
    return (await fetch('/health/live', { cache: 'no-store', signal: AbortSignal.timeout(3000) })).ok;
  } catch {
    return false;
  }
}

const say = () => document.dispatchEvent(new CustomEvent('chat:waiting'));

// A link that would replace this page, as a plain click follows it.
function linkOf(e) {
  const link = e.target.closest?.('a[href]');
  const isPlain = e.button === 0 && !e.ctrlKey && !e.shiftKey && !e.altKey && !e.metaKey && !e.defaultPrevented;
  return isPlain && link && link.target !== '_blank' && !link.matches('[download], [data-skip]') ? link : null;
}

function want(what) {
  wanted = what;
  isRefused = false;
  closeMenus();
  say();
}

// A menu or the drawer would hide what is said; one that a dialog was opened from holds the dialog.
function closeMenus() {
  for (const popover of document.querySelectorAll('[popover=""]:popover-open, [popover=auto]:popover-open')) {
    if (!popover.querySelector('dialog[open]')) {
      popover.hidePopover();
    }
  }
}

function follow(link) {
  if (isLeaving) {
    location.assign(link.href);
  } else if (link.href === location.href) {
    want(undefined);
  } else {
    const isRoom = link.matches('.room-link');
    want({ url: link.href, name: isRoom ? link.textContent.trim() : null, isWhole: link.target === '_top' });
  }
}

/** Whether the server is away; then the page says that what was asked for was not done. */
export function mustWait() {
  if (isAway() && !isLeaving) {
    isRefused = true;
    closeMenus();
    say();
  }

  return isAway();
}

// On a page without a circuit: what was chosen last, as soon as the server is there.
async function whenAlive(go, promise) {
  const mine = pending = { promise };
  while (pending === mine && !await isAlive()) {
    say();
    await delay(1000);
  }

  if (pending === mine) {
    go();
  }
}

// Before the framework's script, and ours.
addEventListener('click', e => {
  const link = linkOf(e);
  if (link && !hasCircuit()) {
    e.preventDefault();
    whenAlive(() => location.assign(link.href), ' What you chose opens after that.');
    return;
  }

  if (!isAway()) {
    return;
  }

  const control = e.target.closest?.('button, input[type=checkbox], input[type=radio]');
  if (link) {
    e.preventDefault();
    follow(link);
  } else if (control && control.type !== 'submit' && !control.matches(LOCAL)) {
    e.preventDefault();
    e.stopImmediatePropagation();
    mustWait();
  }
}, true);

addEventListener('submit', e => {
  const form = e.target;
  if (!hasCircuit()) {
    e.preventDefault();
    whenAlive(() => form.submit(), ' This is sent after that.');
    return;
  }

  if (!form.hasAttribute('method')) {
    // The circuit's, or a script's: the browser must never send it, also when nobody listens any more.
    e.preventDefault();
  }

  if (isAway() && !form.closest('chat-composer')) {
    e.preventDefault();
    e.stopImmediatePropagation();
    mustWait();
  }
}, true);

// The address is the other one already; nobody is there to be told.
addEventListener('popstate', e => {
  if (isAway()) {
    e.stopImmediatePropagation();
    want(undefined);
  }
}, true);

// A page that the browser had put away as it was has lost its connection since.
addEventListener('pageshow', e => e.persisted && location.reload());

/** What the line about the connection says besides. */
export function whatWaits() {
  const next = wanted ? ` ${wanted.name ?? 'What you chose'} opens after that.` : '';
  return next + (pending?.promise ?? '') + (isRefused ? ' Please try that again afterwards.' : '');
}

/** Makes the wanted address that of the page, which is resumed at it. A page that has no circuit is gone to afterwards. */
export function takePlace() {
  if (wanted && !wanted.isWhole) {
    history.pushState(null, '', wanted.url);
    wanted = undefined;
  }
}

/** Loads the page again, or the wanted one. */
export function loadAgain() {
  isLeaving = true;
  if (wanted && new URL(wanted.url).pathname !== location.pathname) {
    location.assign(wanted.url);
  } else {
    takePlace();
    location.reload();
  }
}

/**
 * Goes where somebody wanted to go while the connection was away. A circuit that is still the same may not know the address
 * either: what was said to it as the connection broke is lost.
 */
export function goOn(isResumed) {
  const next = wanted;
  wanted = undefined;
  isRefused = false;
  const shown = document.querySelector('[data-path]')?.dataset.path;
  if (next?.isWhole) {
    location.assign(next.url);
  } else if (next) {
    Blazor.navigateTo(next.url);
  } else if (!isResumed && shown !== undefined && shown !== location.pathname) {
    if (location.hash) {
      // The framework would only scroll to a part of the address that it is at.
      location.reload();
    } else {
      Blazor.navigateTo(location.href, { replaceHistoryEntry: true });
    }
  }
}
