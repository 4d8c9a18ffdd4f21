// What a page has to find again when it comes back in this tab: after a restart, a crash, a reload. Only this tab's, and only
// as long as it is open.

/** A key of this person: whoever sits here next finds nothing of theirs. */
export const keyOf = name => `blazorchat:${name}:${document.body.dataset.person ?? ''}`;

/** What is kept under a key, or null. */
export function load(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Keeps something under a key; null forgets it. */
export function store(key, value) {
  try {
    if (value === null) {
      sessionStorage.removeItem(key);
    } else {
      sessionStorage.setItem(key, JSON.stringify(value));
    }
  } catch {
    // Storage is forbidden or full: it lives as long as the page.
  }
}

/**
 * Whether an element left because somebody was done with it: it was taken away alone. When its room is left, or the circuit
 * is resumed, everything around it goes as well, and may come back.
 */
export function isDone(frame) {
  return frame === null || frame.isConnected;
}

/** What an element stands in: it stays when only the element goes. */
export const frameOf = element => element.closest('article, .room, .sidebar');

/** The field of this page that has the focus, or had it when the page was loaded again; null when none did. */
export function focused() {
  const kept = load(keyOf('focus'));
  return kept?.path === location.pathname ? kept.field : null;
}

/** Forgets that a field had the focus. */
export function forgetFocus(name) {
  if (focused() === name) {
    store(keyOf('focus'), null);
  }
}

/**
 * Notes whether a field has the focus, in its owner's `hasFocus` and in the tab's store. Of a field that is taken out of the page, the
 * blur comes before that, after it or not at all, as browsers differ: it counts when whoever did that is done.
 */
export function watchFocus(owner, field, name) {
  field.addEventListener('focus', () => {
    owner.hasFocus = true;
    store(keyOf('focus'), { path: location.pathname, field: name });
  });
  field.addEventListener('blur', () => queueMicrotask(() => {
    owner.hasFocus = document.activeElement === field;
    if (!owner.hasFocus && field.isConnected) {
      forgetFocus(name);
    }
  }));
}
