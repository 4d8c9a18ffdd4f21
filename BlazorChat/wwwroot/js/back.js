// On a phone, Back closes what is open: a dialog, a menu, the list of rooms, a panel. Android tells the page so by a CloseWatcher, which
// dialogs and popovers have by themselves. Elsewhere, an entry of the history stands for what is open: going back from it closes that.
const narrow = matchMedia('(width < 40rem)');
const hasWatchers = 'CloseWatcher' in globalThis && /Android/.test(navigator.userAgent);

// Whether the page is at an entry of ours. What closes by itself leaves its entry: leaving it here could take away a page that is being
// opened just now. Back skips it.
const isMarked = () => history.state?.blazorChatOpen === true;

let wasMarked = isMarked();
let markedUrl = location.href;
let watcher;

const panel = () => document.querySelector('aside.panel');

function close() {
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  const popover = [...document.querySelectorAll('[popover=""]:popover-open, [popover=auto]:popover-open')].at(-1);
  if (dialog) {
    dialog.close();
  } else if (popover) {
    popover.hidePopover();
  } else if (panel()) {
    panel().querySelector('[data-close]').click();
  } else {
    return false;
  }

  return true;
}

const isOpen = () => narrow.matches && document.querySelector('dialog[open], [popover=""]:popover-open, [popover=auto]:popover-open, aside.panel') !== null;

function follow() {
  if (hasWatchers) {
    watch();
  } else if (isOpen() && !isMarked()) {
    history.pushState({ ...history.state, blazorChatOpen: true }, '');
    wasMarked = true;
    markedUrl = location.href;
  }
}

// Dialogs and popovers have their own.
function watch() {
  if (narrow.matches && panel() && !watcher) {
    watcher = new CloseWatcher();
    watcher.onclose = () => {
      watcher = undefined;
      close();
    };
  } else if (!panel()) {
    watcher?.destroy();
    watcher = undefined;
  }
}

// Before the framework's own listener: nothing else is to be shown.
addEventListener('popstate', e => {
  const isBack = wasMarked && !isMarked() && location.href === markedUrl;
  wasMarked = isMarked();
  markedUrl = location.href;
  if (isBack) {
    e.stopImmediatePropagation();
    if (close()) {
      // What is below it, and what could not be closed.
      follow();
    } else {
      history.back();
    }
  }
}, true);

document.addEventListener('toggle', follow, true);
document.addEventListener('chat:panel', follow);
new MutationObserver(changes => {
  if (changes.some(change => change.target.matches('dialog'))) {
    // After a navigation that goes with it.
    setTimeout(follow);
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['open'] });
