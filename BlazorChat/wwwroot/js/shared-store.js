// The browser's storage that all tabs share, as JSON. What it refuses (storage is full or forbidden) lives only as long as the page.
const memory = new Map();

/** Loads the value of a key, or null. */
export function load(key) {
  try {
    return JSON.parse(memory.get(key) ?? localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Stores a value under a key; null removes the key. */
export function store(key, value) {
  memory.delete(key);
  const text = JSON.stringify(value);
  try {
    if (value === null) {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, text);
    }
  } catch {
    if (value !== null) {
      memory.set(key, text);
    }
  }
}

// What people wrote, which a reload would lose.
const TEXTS = /^blazorchat:(?:draft|unsent):/;

// There may be room again. Where there is none, the browser asks before it leaves the page.
addEventListener('beforeunload', e => {
  for (const [key, text] of [...memory]) {
    store(key, JSON.parse(text));
  }

  if ([...memory.keys()].some(key => TEXTS.test(key))) {
    e.preventDefault();
  }
});

/** The keys that begin with a prefix. */
export function keysOf(prefix) {
  let keys = [];
  try {
    keys = Object.keys(localStorage);
  } catch {
    // Storage is forbidden.
  }

  return [...new Set([...keys, ...memory.keys()])].filter(key => key.startsWith(prefix));
}

/** A new random id. */
export function newId() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }

  // randomUUID needs https, getRandomValues does not.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map(b => b.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
