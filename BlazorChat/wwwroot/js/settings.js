// Changed settings whose field is gone before they were saved: the connection was lost, and the page came back in another room or with
// the panel closed. They are in the tab's storage (kept-field.js) and are saved from whatever room the page shows, as soon as it has a
// circuit. What is refused stays until its author has seen it.
import { keyOf, load, store } from './kept.js';

const RETRY_AFTER = 5000;

let link;

const problems = new Map();

const isDown = () => document.documentElement.dataset.connection === 'down';

// Whether the field is on the page, or will be: the settings open again with the page. Then it saves itself.
function hasField(key) {
  const path = key.slice(`${keyOf('field')}:`.length).split(':')[0];
  const comesBack = path === location.pathname && load(`${keyOf('open')}:${path}`)?.panel !== undefined;
  return comesBack || [...document.querySelectorAll('kept-field')].some(field => field.key === key);
}

function waiting() {
  const prefix = `${keyOf('field')}:`;
  let keys = [];
  try {
    keys = Object.keys(sessionStorage);
  } catch {
    // Storage is forbidden.
  }

  return keys.filter(key => key.startsWith(prefix)).map(key => ({ key, ...load(key) }))
    .filter(({ key, room, setting }) => room && setting && !hasField(key));
}

/** Settings that the server refused: { id, room, name, text, problem, remove }. */
export const refusedSettings = () => waiting().filter(({ key }) => problems.has(key)).map(({ key, room, roomName, value }) => ({
  id: key,
  room,
  name: roomName,
  text: value,
  problem: problems.get(key),
  remove: () => {
    store(key, null);
    problems.delete(key);
    document.dispatchEvent(new CustomEvent('chat:settings'));
  },
}));

async function save() {
  const server = link;
  for (const { key, room, setting, value, of, typed = [] } of waiting()) {
    if (!server || server !== link || isDown()) {
      return;
    }

    try {
      const { problem, again } = await server.invokeMethodAsync('SaveSetting', room, setting, value, [of ?? '', ...typed]);
      if (again) {
        setTimeout(save, RETRY_AFTER);
      } else if (problem) {
        problems.set(key, problem);
      } else if (load(key)?.value === value) {
        store(key, null);
        problems.delete(key);
      }
    } catch {
      // The connection was lost: it is saved with the next one.
      return;
    }

    document.dispatchEvent(new CustomEvent('chat:settings'));
  }
}

/** The page has a circuit. */
export function connectSettings(server) {
  link = server;
  save();
}

document.addEventListener('chat:connected', save);
