// What this person has read, by room, in this browser: { roomId: highest sequence }. Shared by its tabs.
const keyOf = person => `blazorchat:read:${person}`;

function read(person) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(person)));
  } catch {
    return null;
  }
}

let stop = () => { };

export function load(person, list) {
  stop();
  const listener = e => {
    if (e.key === keyOf(person) && e.newValue) {
      list.invokeMethodAsync('ReadElsewhere', JSON.parse(e.newValue)).catch(() => { });
    }
  };
  addEventListener('storage', listener);
  stop = () => removeEventListener('storage', listener);
  return read(person);
}

export function begin(person, all) {
  try {
    localStorage.setItem(keyOf(person), JSON.stringify(all));
  } catch {
    // Storage is full or forbidden: unread marks are then those of this tab.
  }
}

export function save(person, room, sequence) {
  const all = read(person) ?? {};
  if ((all[room] ?? 0) < sequence) {
    begin(person, { ...all, [room]: sequence });
  }
}
