// Which tab this is, and whether another one is still open. Drafts and unsent messages belong to a tab; another tab takes them up only
// when theirs is gone. A tab holds a lock of the browser as long as it is open. On plain http, where there are no locks, it writes a
// heartbeat to the storage and answers when another tab asks for it.
import { load, newId, store } from './shared-store.js';

const KEY = 'blazorchat:tab';

// A reloaded page may ask for its lock before the old page has let go of it. A duplicated tab, which begins with a copy of the other
// tab's storage, never gets the lock.
const RELOAD_WITHIN = 1500;

const BEAT_EVERY = 2000;
const IS_FRESH = 5000;
const ANSWER_WITHIN = 500;

const keyOf = tab => `${KEY}:${tab}`;
const page = newId();
const { locks } = navigator;
const channel = !locks && globalThis.BroadcastChannel ? new BroadcastChannel(KEY) : undefined;

function remembered() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember() {
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // Storage is forbidden: after a reload, this is another tab.
  }
}

const before = remembered();
let id = before ?? newId();
remember();

/** The id of this tab. Until `sure` it may still turn out to be that of another tab, of which this one is a duplicate. */
export const tabId = () => id;

/** Resolves when this tab knows its id: to the other tab's id if this one is its duplicate, otherwise to undefined. */
export const sure = locks ? holdLock() : beat();

/** Whether another tab is closed, or was lost in a crash. */
export async function isGone(tab) {
  if (tab === id) {
    return false;
  }

  if (locks) {
    const { held, pending } = await locks.query();
    return ![...held, ...pending].some(lock => lock.name === keyOf(tab));
  }

  return !(Date.now() - (load(keyOf(tab))?.at ?? 0) < IS_FRESH || await answers(tab));
}

/** Does something that only one tab may do at a time, as far as the browser has locks. */
export const alone = (name, work) => locks ? locks.request(`blazorchat:${name}`, work) : work();

function becomeAnother() {
  const copied = id;
  id = newId();
  remember();
  return copied;
}

function holdLock() {
  // Held until the page goes.
  const request = options => new Promise((resolve, reject) => {
    locks.request(keyOf(id), options, () => {
      resolve();
      return new Promise(() => { });
    }).catch(reject);
  });
  return request({ signal: AbortSignal.timeout(RELOAD_WITHIN) }).catch(() => {
    const copied = becomeAnother();
    return request({}).then(() => copied);
  });
}

async function beat() {
  channel?.addEventListener('message', ({ data }) => {
    if (data?.ask === id && data.page !== page) {
      channel.postMessage({ here: id });
    }
  });
  const copied = before && await answers(before) ? becomeAnother() : undefined;
  const note = () => store(keyOf(id), { at: Date.now(), page });
  note();
  setInterval(note, BEAT_EVERY);
  addEventListener('pagehide', () => store(keyOf(id), null));
  return copied;
}

function answers(tab) {
  if (!channel) {
    const last = load(keyOf(tab));
    return Promise.resolve(last !== null && last.page !== page && Date.now() - last.at < IS_FRESH);
  }

  return new Promise(resolve => {
    const end = isThere => {
      clearTimeout(timer);
      channel.removeEventListener('message', onMessage);
      resolve(isThere);
    };
    const onMessage = ({ data }) => data?.here === tab && end(true);
    const timer = setTimeout(end, ANSWER_WITHIN, false);
    channel.addEventListener('message', onMessage);
    channel.postMessage({ ask: tab, page });
  });
}
