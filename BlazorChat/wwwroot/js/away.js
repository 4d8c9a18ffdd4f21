// While the server is away, a link would leave the page for the browser's own error, from which nothing comes back: the page
// stays, remembers where somebody wants to go, and goes there when the server is there again.
const root = document.documentElement;

// Where to go next: { url, name }; or what has to wait for another attempt: { name: null }.
let wanted;

let isLeaving = false;

const isAway = () => root.dataset.connection === 'down';

// A link that would replace this page, as a plain click follows it.
function linkOf(e) {
  const link = e.target.closest?.('a[href]');
  const isPlain = e.button === 0 && !e.ctrlKey && !e.shiftKey && !e.altKey && !e.metaKey && !e.defaultPrevented;
  return isPlain && link && ['', '_self'].includes(link.target) && !link.hasAttribute('download') ? link : null;
}

function want(what) {
  wanted = what;
  document.dispatchEvent(new CustomEvent('chat:wanted'));
}

// Before the framework's script, which leaves alone what is prevented.
addEventListener('click', e => {
  const link = isAway() ? linkOf(e) : null;
  if (!link) {
    return;
  }

  e.preventDefault();
  if (isLeaving) {
    location.assign(link.href);
  } else {
    want(link.href === location.href ? undefined : { url: link.href, name: link.textContent.trim() });
  }
}, true);

// A form of its own address, as the one by which people leave.
addEventListener('submit', e => {
  if (isAway() && e.target.hasAttribute('action')) {
    e.preventDefault();
    want({ name: null });
  }
}, true);

// The address is the other one already; nobody is there to be told.
addEventListener('popstate', e => {
  if (isAway()) {
    e.stopImmediatePropagation();
    want(undefined);
  }
}, true);

/** What the line about the connection says besides. */
export function whatWaits() {
  return wanted === undefined ? '' : wanted.name === null ? ' That has to wait.' : ` ${wanted.name} opens after that.`;
}

/** Makes the wanted address that of the page, which is loaded or resumed at it next. */
export function takePlace() {
  if (wanted?.url) {
    history.pushState(null, '', wanted.url);
  }

  wanted = undefined;
}

/** Loads the page again, at the wanted address. */
export function loadAgain() {
  isLeaving = true;
  takePlace();
  location.reload();
}

/**
 * Goes where somebody wanted to go while the connection was away, on the circuit that is still the same. It may not know the
 * address either: what was said to it as the connection broke is lost.
 */
export function goOn() {
  const url = wanted?.url;
  wanted = undefined;
  const shown = document.querySelector('[data-path]')?.dataset.path;
  if (url) {
    Blazor.navigateTo(url);
  } else if (shown !== undefined && shown !== location.pathname) {
    if (location.hash) {
      // The framework would only scroll to a part of the address that it is at.
      location.reload();
    } else {
      Blazor.navigateTo(location.href, { replaceHistoryEntry: true });
    }
  }
}
