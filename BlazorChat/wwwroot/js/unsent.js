// Messages that were sent and are not yet acknowledged. Each has a storage entry of its own, with an id that the server stores only
// once, and a tab. They leave in the order in which they were written, one after the other, and whatever keeps one from being stored
// for now is waited out: a lost connection, a reload, a rate limit, a database that is away. An acknowledged message is removed at once
// and can never be sent again; one whose acknowledgment was lost is not posted again, even if it was deleted meanwhile. A refused one stays
// for its author.
import { requestData } from './request.js';
import { keysOf, load, newId, store } from './shared-store.js';
import { alone, isGone, sure, tabId } from './tabs.js';
import { word } from './words.js';

const PREFIX = 'blazorchat:unsent:';

// Until this version, all unsent messages of a room were in one entry.
const OLD_PREFIX = 'blazorchat:outbox:';

// After this time without an answer, the page checks whether the server is still there.
const SILENT_AFTER = 2000;
const CALL_TIMEOUT = 20_000;

// For this many days after the first attempt, another one brings nothing back: the server knows the ids of deleted messages for longer
// (RoomLimits.RemovedIdsTime).
const SAFE_DAYS = 7;
const LONGEST_PAUSE = 5000;

// The page's link to the server: { server, person, room } of the room's message box, as long as it has a circuit.
let link;

// What runs, by room: { link, isWanted }.
const running = new Map();

// What this page knows of a message beyond the storage: whether it is on its way, or why it waits.
const states = new Map();

const isDown = () => document.documentElement.dataset.connection === 'down';

const tell = detail => document.dispatchEvent(new CustomEvent('chat:unsent', { detail }));

const keyOf = entry => `${PREFIX}${entry.person}:${entry.room}:${entry.id}`;

const save = ({ person, room, id, ...value }) => store(keyOf({ person, room, id }), value);

/** All unsent messages of a person, in the order in which they were written: { person, room, id, text, at, tab, name, tried, problem }. */
export function unsent(person) {
  return keysOf(`${PREFIX}${person}:`).map(key => {
    const [room, id] = key.slice(`${PREFIX}${person}:`.length).split(':');
    return { ...load(key), person, room, id };
  }).filter(entry => typeof entry.text === 'string').sort((a, b) => a.at - b.at);
}

export const unsentIn = (person, room) => unsent(person).filter(entry => entry.room === room);

/** Whether a message is this tab's to show and to send. Those of closed tabs are taken over before they are sent. */
export const isMine = entry => entry.tab === tabId();

/** What happens to a message: 'sending', 'waiting' or 'failed', and a note. */
export function stateOf(entry) {
  return entry.problem ? { state: 'failed', note: entry.problem } : states.get(entry.id) ?? { state: isDown() || !link ? 'waiting' : 'sending' };
}

/** Adds a message, which is sent as soon as possible. */
export function add(person, room, text, name) {
  const last = unsentIn(person, room).at(-1)?.at ?? 0;
  const entry = { person, room, id: newId(), text, at: Math.max(Date.now(), last + 1), tab: tabId(), name };
  save(entry);
  tell({ entry });
  pump(room);
  return entry;
}

/** Sends a refused message again. */
export function retry(entry) {
  const { problem, tried, ...again } = entry;
  // Only as long as it is there: another tab may have sent it.
  if (load(keyOf(entry))) {
    save({ ...again, tab: tabId() });
    tell({ entry: again });
    pump(entry.room);
  }
}

/** Takes over refused messages of closed tabs, which nobody sees otherwise. */
export async function gather(person) {
  await sure;
  for (const entry of unsent(person)) {
    if (entry.problem && !isMine(entry) && await takeOver(entry)) {
      tell({ entry });
    }
  }
}

/** Forgets a message. */
export function discard(entry) {
  store(keyOf(entry), null);
  states.delete(entry.id);
  tell({ entry, isGone: true });
}

/** The page has a circuit. */
export function connect(next) {
  link = next;
  nudge();
  gather(next.person);
}

/** The message box is gone. */
export function disconnect(server) {
  if (link?.server === server) {
    link = undefined;
  }
}

function nudge() {
  if (link) {
    new Set([link.room, ...unsent(link.person).map(entry => entry.room)]).forEach(pump);
  }
}

function setState(entry, state, note) {
  states.set(entry.id, { state, note });
  tell({ entry });
}

async function pump(room) {
  const mine = link;
  if (!mine || isDown()) {
    return;
  }

  if (running.get(room)?.link === mine) {
    running.get(room).isWanted = true;
    return;
  }

  const run = { link: mine, isWanted: true };
  running.set(room, run);
  const mayGoOn = () => link === mine && running.get(room) === run && !isDown();
  await sure;
  let refusals = 0;
  while (mayGoOn()) {
    run.isWanted = false;
    const entry = await next(mine.person, room);
    if (!entry && !run.isWanted) {
      break;
    }

    if (!entry || !mayGoOn()) {
      continue;
    }

    if (entry.tried && Date.now() - entry.tried > SAFE_DAYS * 86_400_000) {
      fail(entry, word('Unsent_WeekOld'));
      continue;
    }

    const result = await attempt(mine, entry);
    if (isDone(result)) {
      refusals = 0;
      end(entry, result);
    } else if (result && !result.again) {
      refusals = 0;
      fail(entry, result.problem);
    } else if (mayGoOn()) {
      setState(entry, 'waiting', result?.problem);
      await pause(Math.min(LONGEST_PAUSE, 500 * 2 ** refusals++));
    } else {
      setState(entry, 'waiting');
    }
  }

  if (running.get(room) === run) {
    running.delete(room);
  }
}

// The first message that can be sent. A message of a closed tab becomes this tab's first, so that two tabs do not both send it.
async function next(person, room) {
  for (const entry of unsentIn(person, room)) {
    if (entry.problem) {
      continue;
    }

    if (isMine(entry) || await takeOver(entry)) {
      return load(keyOf(entry)) ? { ...entry, tab: tabId() } : next(person, room);
    }
  }

  return undefined;
}

const takeOver = entry => alone('unsent', async () => {
  const now = load(keyOf(entry));
  if (!now || now.tab === tabId() || (now.tab !== undefined && !await isGone(now.tab))) {
    return now?.tab === tabId();
  }

  save({ ...entry, ...now, tab: tabId() });
  return true;
});

// Whether the server has stored the message, in this attempt or in an earlier one whose acknowledgment was lost.
const isDone = result => result?.elementId || result?.removed;

const end = (entry, result) => result.elementId ? sent(entry, result.elementId) : discard(entry);

// One call. A missing response does not mean refusal; the id makes another attempt safe.
async function attempt({ server, room }, entry) {
  setState(entry, 'sending');
  if (!entry.tried && load(keyOf(entry))) {
    entry.tried = Date.now();
    save(entry);
  }

  let onDown;
  const lost = new Promise(resolve => {
    onDown = () => resolve(undefined);
    document.addEventListener('chat:down', onDown);
  });
  const silent = setTimeout(() => document.dispatchEvent(new CustomEvent('chat:silent')), SILENT_AFTER);
  let timer;
  try {
    const call = room === entry.room
      ? server.invokeMethodAsync('Send', entry.id, entry.text, requestData())
      : server.invokeMethodAsync('SendTo', entry.room, entry.id, entry.text);
    // A late response still counts.
    call.then(late => isDone(late) && end(entry, late), () => { });
    return await Promise.race([call, lost, new Promise(resolve => { timer = setTimeout(resolve, CALL_TIMEOUT); })]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(silent);
    clearTimeout(timer);
    document.removeEventListener('chat:down', onDown);
  }
}

function sent(entry, elementId) {
  store(keyOf(entry), null);
  if (states.get(entry.id)?.state !== 'sent') {
    states.set(entry.id, { state: 'sent' });
    tell({ entry, elementId });
  }
}

function fail(entry, problem) {
  states.delete(entry.id);
  const failed = { ...entry, problem };
  if (load(keyOf(entry))) {
    save(failed);
    tell({ entry: failed });
  }
}

function pause(milliseconds) {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener('chat:down', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    document.addEventListener('chat:down', end);
  });
}

document.addEventListener('chat:connected', nudge);
document.addEventListener('chat:down', () => {
  for (const [id, { state }] of states) {
    if (state === 'waiting' || state === 'sending') {
      states.delete(id);
    }
  }

  tell({});
});

for (const key of keysOf(OLD_PREFIX)) {
  const [person, room] = key.slice(OLD_PREFIX.length).split(':');
  const entries = load(key);
  store(key, null);
  for (const [i, { id, text, problem, isUnanswered }] of (Array.isArray(entries) ? entries : []).entries()) {
    if (typeof id === 'string' && typeof text === 'string') {
      save({ person, room, id, text, at: i, problem: isUnanswered ? undefined : problem });
    }
  }
}
