// What this person has read in this browser: { roomId: highest sequence }. All tabs share it.
const keyOf = person => `blazorchat:read:${person}`;

const isMarks = marks => marks !== null && typeof marks === 'object' && Object.values(marks).every(Number.isSafeInteger);

function read(person) {
  try {
    const marks = JSON.parse(localStorage.getItem(keyOf(person)));
    return isMarks(marks) ? marks : null;
  } catch {
    return null;
  }
}

let stop = () => { };

function loadReadMarks(person, list) {
  stop();
  const listener = e => {
    const marks = e.key === keyOf(person) ? read(person) : null;
    if (marks) {
      list.invokeMethodAsync('ReadElsewhere', marks).catch(() => { });
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
    // Storage is full or forbidden: this tab has its own unread marks.
  }
}

function saveReadMark(person, room, sequence) {
  const all = read(person) ?? {};
  if ((all[room] ?? 0) < sequence) {
    beginReadMarks(person, { ...all, [room]: sequence });
  }
}

// RoomList calls these.
globalThis.blazorChat = { ...globalThis.blazorChat, loadReadMarks, beginReadMarks, saveReadMark };
