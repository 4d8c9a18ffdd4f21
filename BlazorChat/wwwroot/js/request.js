// Data that scripts add to this person's requests: `blazorChat.request.set('order', '4711')`. Tools and hooks on the server get it with
// every message sent from then on. The server limits its size.
const data = new Map();

/** Sets an entry; null removes it. */
function set(key, value) {
  if (value === null || value === undefined) {
    data.delete(String(key));
  } else {
    data.set(String(key), String(value));
  }
}

globalThis.blazorChat = { ...globalThis.blazorChat, request: { set } };

/** The current entries. */
export function requestData() {
  return Object.fromEntries(data);
}
