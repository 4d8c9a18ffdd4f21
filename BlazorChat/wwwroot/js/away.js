// Handles clicks while the server is away. A link would leave the page for the browser's error page, which never comes back, and a
// button would silently do nothing. Instead, the page stays, remembers the link and opens it when the server is back. For anything else
// that needs the server, the page says that it was not done.
import { word } from './words.js';

const root = document.documentElement;

// Controls that work without the server, or whose input is kept until the server is back.
const LOCAL = `[popovertarget], [data-theme-set], [data-density-set], [data-width-set], [data-sidebar-toggle], [data-open-dialog], [data-close-dialog], [data-message-menu], [data-copy-message],
  [data-copy-chosen], [data-copy-link], .code-block button, [data-copy-table], [data-suggest], [data-to-end], [data-reload], [data-send], .pending *, .leftovers *, panel-tabs *, kept-field *`;

// The page to open next: { url, name, isWhole }.
let wanted;

// On a page without a circuit: the announced action, { promise }.
let pending;

// Whether another action was refused since the server went away.
let isRefused = false;

let isLeaving = false;

const isAway = () => root.dataset.connection === 'down';

// The join page and error pages have no circuit, so nothing tells them that the server is away.
const hasCircuit = () => document.querySelector('[data-path]') !== null;

export const delay = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** Whether the server is there. A stopping server counts as away. */
export async function isAlive(within = 3000) {
  try {
    return (await fetch(new URL('health/live', document.baseURI), { cache: 'no-store', signal: AbortSignal.timeout(within) })).ok;
  } catch {
    return false;
  }
}

const say = () => document.dispatchEvent(new CustomEvent('chat:waiting'));

// The link that a plain click would follow and that would replace this page.
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

// Closes menus and the drawer, which would hide the message. If a dialog was opened from one, it contains the dialog and stays open.
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

/** Whether the server is away. If so, the page says that the action was not done. */
export function mustWait() {
  if (isAway() && !isLeaving) {
    isRefused = true;
    closeMenus();
    say();
  }

  return isAway();
}

// On a page without a circuit: does what was chosen last as soon as the server is back.
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

// As the browser would have: the button that was pressed says what to do.
function send(form, button) {
  if (button?.name) {
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: button.name, value: button.value }));
  }

  form.submit();
}

/** Sends a form of a page without a circuit as soon as the server is back. */
export const sendForm = (form, button) => whenAlive(() => send(form, button), word('Away_Sent'));

// In the capture phase, before the framework's script and the other modules.
addEventListener('click', e => {
  const link = linkOf(e);
  if (link && !hasCircuit()) {
    e.preventDefault();
    whenAlive(() => location.assign(link.href), word('Away_PageOpens'));
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
    // For a passkey, the browser is asked first: passkeys.js sends the form.
    if (!form.matches('[data-passkey]')) {
      sendForm(form, e.submitter);
    }

    return;
  }

  if (!form.hasAttribute('method')) {
    // The circuit or a script handles this form. The browser must never send it, even if nothing handles it any more.
    e.preventDefault();
  }

  if (isAway() && !form.closest('chat-composer')) {
    e.preventDefault();
    e.stopImmediatePropagation();
    mustWait();
  }
}, true);

// The address has already changed, but no circuit can be told.
addEventListener('popstate', e => {
  if (isAway()) {
    e.stopImmediatePropagation();
    want(undefined);
  }
}, true);

// A page that the browser restores from its cache has lost its connection.
addEventListener('pageshow', e => e.persisted && location.reload());

/** The sentences that the connection line adds about what waits for the server. */
export function whatWaits() {
  const next = wanted && (wanted.name ? word('Away_RoomOpens', wanted.name) : word('Away_PageOpens'));
  return [next, pending?.promise, isRefused && word('Away_TryAgain')].filter(Boolean).map(sentence => ` ${sentence}`).join('');
}

/** Makes the wanted address the page's, so that the page resumes there. A page without a circuit is opened later instead. */
export function takePlace() {
  if (wanted && !wanted.isWhole) {
    history.pushState(null, '', wanted.url);
    wanted = undefined;
  }
}

/** Reloads the page, or loads the wanted one. */
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
 * Opens the page that the person wanted while the connection was lost. Even a circuit that is still the same may not know the page's
 * address: messages to it are lost while the connection breaks.
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
      // With a hash, the framework would only scroll within the page that it shows.
      location.reload();
    } else {
      Blazor.navigateTo(location.href, { replaceHistoryEntry: true });
    }
  }
}
