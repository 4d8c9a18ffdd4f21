// While the server is away: a link would leave the page for the browser's own error, from which nothing comes back, and a button
// would do nothing without a word. The page stays, remembers where somebody wants to go and goes there when the server is there
// again; of anything else that needs the server it says that it has to wait.
const root = document.documentElement;

// What the browser does by itself, or keeps until the server is there.
const LOCAL = `[popovertarget], [data-theme-set], [data-open-dialog], [data-close-dialog], [data-message-menu], [data-copy-message],
  [data-copy-chosen], [data-copy-link], [data-copy-code], [data-suggest], [data-to-end], [data-reload], [data-send], .pending *, kept-field *`;

// Where to go next: { url, name, isWhole }; or what nobody remembers: {}.
let wanted;

let isLeaving = false;

const isAway = () => root.dataset.connection === 'down';

// A link that would replace this page, as a plain click follows it.
function linkOf(e) {
  const link = e.target.closest?.('a[href]');
  const isPlain = e.button === 0 && !e.ctrlKey && !e.shiftKey && !e.altKey && !e.metaKey && !e.defaultPrevented;
  return isPlain && link && link.target !== '_blank' && !link.hasAttribute('download') ? link : null;
}

function want(what) {
  wanted = what;
  // A menu or the drawer would hide what is said.
  document.querySelectorAll(':popover-open').forEach(popover => popover.hidePopover());
  document.dispatchEvent(new CustomEvent('chat:wanted'));
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

/** Whether the server is away; then the page says that what was asked for has to wait. */
export function mustWait() {
  if (isAway() && !isLeaving) {
    want({});
  }

  return isAway();
}

// Before the framework's script, and ours.
addEventListener('click', e => {
  if (!isAway()) {
    return;
  }

  const link = linkOf(e);
  const control = e.target.closest?.('button, input[type=checkbox], input[type=radio]');
  if (link && !link.matches('[data-skip]')) {
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
  return wanted === undefined ? '' : !wanted.url ? ' That has to wait.' : ` ${wanted.name ?? 'What you chose'} opens after that.`;
}

/** Makes the wanted address that of the page, which is resumed at it. A page that has no circuit is gone to afterwards. */
export function takePlace() {
  if (wanted?.url && !wanted.isWhole) {
    history.pushState(null, '', wanted.url);
    wanted = undefined;
  }
}

/** Loads the page again, or the wanted one. */
export function loadAgain() {
  isLeaving = true;
  if (wanted?.url && new URL(wanted.url).pathname !== location.pathname) {
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
  const shown = document.querySelector('[data-path]')?.dataset.path;
  if (next?.isWhole) {
    location.assign(next.url);
  } else if (next?.url) {
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
