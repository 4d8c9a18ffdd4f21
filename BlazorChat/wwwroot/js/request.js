// What the page adds to the requests of the person who sits here: `blazorChat.request.set('order', '4711')`. Tools and hooks
// on the server get it with each message that is sent from then on; the server bounds it.
const data = new Map();

/** Sets an entry; null takes it away. */
function set(key, value) {
  if (value === null || value === undefined) {
    data.delete(String(key));
  } else {
    data.set(String(key), String(value));
  }
}

globalThis.blazorChat = { ...globalThis.blazorChat, request: { set } };

/** The entries as they are now. */
export function requestData() {
  return Object.fromEntries(data);
}
