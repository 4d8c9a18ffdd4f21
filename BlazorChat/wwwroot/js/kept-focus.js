// In the room's details and in dialogs, what has the focus may be taken away: a member who is removed, a link that is revoked, the details
// themselves when they close. The focus goes to a place nearby then. Without that it is on nothing, and the next Tab begins at the top of the page.
const SCOPE = 'aside.panel, dialog';

let last = null;
let around = [];

// Only while the focus is in such a place, so that nothing else that changes on the page costs anything.
const observer = new MutationObserver(() => {
  if (!last || last.isConnected) {
    return;
  }

  const panel = last.closest('aside.panel');
  const near = around.find(element => element.isConnected);
  forget();
  if (panel) {
    // Removed as a whole. It returns the focus to what opened it, unless a page before a reload did (SidePanel.razor.js).
    setTimeout(() => {
      if (document.activeElement === document.body) {
        document.querySelector('[data-toggle-panel]')?.focus({ preventScroll: true });
      }
    });
  } else if (document.activeElement === document.body) {
    settle(near?.closest(SCOPE) && near.closest('section, aside, dialog'));
  }
});

function forget() {
  last = null;
  around = [];
  observer.disconnect();
}

function settle(place) {
  if (place) {
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }
}

document.addEventListener('focusin', e => {
  forget();
  if (e.target.closest(SCOPE)) {
    last = e.target;
    for (let element = last.parentElement; element; element = element.parentElement) {
      around.push(element);
    }

    observer.observe(document.body, { childList: true, subtree: true });
  }
});

document.addEventListener('focusout', e => {
  // Whoever clicks beside it wants no focus. What is removed is gone by then.
  setTimeout(() => {
    if (last === e.target && last.isConnected && document.activeElement === document.body && document.hasFocus()) {
      forget();
    }
  });
});
