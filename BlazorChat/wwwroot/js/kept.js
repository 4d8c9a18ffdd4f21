// What a page must find again when it comes back in this tab after a restart, a crash or a reload. It belongs to this tab and is gone
// when the tab is closed.

/** A storage key of this person, so that the next person at this computer finds nothing of theirs. */
export const keyOf = name => `blazorchat:${name}:${document.body.dataset.person ?? ''}`;

/** Loads the value of a key, or null. */
export function load(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Stores a value under a key; null removes the key. */
export function store(key, value) {
  try {
    if (value === null) {
      sessionStorage.removeItem(key);
    } else {
      sessionStorage.setItem(key, JSON.stringify(value));
    }
  } catch {
    // Storage is forbidden or full: the value is lost with the page.
  }
}

/**
 * Whether an element was removed because the person was done with it: only the element was removed. When the person leaves its room, or
 * the circuit is resumed, its frame is removed as well, and both may come back.
 */
export function isDone(frame) {
  return frame === null || frame.isConnected;
}

/** The frame around an element, which stays when only the element is removed. */
export const frameOf = element => element.closest('article, .room, .sidebar');

/** The field of this page that has the focus, or had it before a reload; null if none did. */
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
 * Tracks whether a field has the focus, in its owner's `hasFocus` and in the tab's storage. When a field is removed from the page, some
 * browsers fire blur before that, some after it and some not at all. So blur is handled only after the removal is complete.
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
