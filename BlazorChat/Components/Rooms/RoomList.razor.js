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

function loadReadMarks(person, list) {
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

function beginReadMarks(person, all) {
  try {
    localStorage.setItem(keyOf(person), JSON.stringify(all));
  } catch {
    // Storage is full or forbidden: unread marks are then those of this tab.
  }
}

function saveReadMark(person, room, sequence) {
  const all = read(person) ?? {};
  if ((all[room] ?? 0) < sequence) {
    beginReadMarks(person, { ...all, [room]: sequence });
  }
}

// Called by RoomList.
globalThis.blazorChat = { ...globalThis.blazorChat, loadReadMarks, beginReadMarks, saveReadMark };
