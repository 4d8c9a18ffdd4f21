// What people are writing and have not sent: one draft per tab and room, in the storage that outlives the tab. A draft whose tab is gone
// is taken up by the next tab that opens the room with an empty message box.
import { keysOf, load, store } from './shared-store.js';
import { alone, isGone, sure, tabId } from './tabs.js';

const PREFIX = 'blazorchat:draft:';

const scopeOf = (person, room) => `${PREFIX}${person}:${room}`;
const keyOf = (person, room, tab = tabId()) => `${scopeOf(person, room)}:${tab}`;

// The newest text of this page by room, because a tab knows its id a moment after it begins.
const typed = new Map();

/** This tab's draft in a room, or the empty string. */
export function draftOf(person, room) {
  return typed.get(room) ?? load(keyOf(person, room))?.text ?? '';
}

/** Keeps this tab's draft in a room; the empty string removes it. */
export function keepDraft(person, room, text, name) {
  typed.set(room, text);
  const keep = () => store(keyOf(person, room), typed.get(room) ? { text: typed.get(room), at: Date.now(), name } : null);
  sure.then(keep);
}

/** Whether a change of the storage, made by another tab, removed this text as this tab's draft. */
export function isTakenAway(e, person, room, text) {
  return e.key === keyOf(person, room) && e.newValue === null && text !== '' && parse(e.oldValue)?.text === text;
}

function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** Forgets what this page knows of a room, after another tab took its draft or this one turned out to be a duplicate. */
export function forgetTyped(room) {
  typed.delete(room);
}

/** All drafts of a person: { key, room, tab, text, name, at }. */
export function drafts(person) {
  return keysOf(`${PREFIX}${person}:`).map(key => {
    const [room, tab] = key.slice(`${PREFIX}${person}:`.length).split(':');
    const value = load(key);
    // Without a tab, it is from a time when all tabs had one draft.
    return tab === undefined ? { key, room, text: value, at: 0 } : { ...value, key, room, tab };
  }).filter(draft => typeof draft.text === 'string' && draft.text !== '');
}

/** Whether a room has drafts of other tabs. */
export const hasOthers = (person, room) => drafts(person).some(draft => draft.room === room && draft.tab !== tabId());

/** Takes up the newest draft of a room whose tab is gone. */
export async function takeUp(person, room, name) {
  await sure;
  return alone('drafts', async () => {
    const others = drafts(person).filter(draft => draft.room === room && draft.tab !== tabId()).sort((a, b) => b.at - a.at);
    for (const draft of others) {
      if (draft.tab === undefined || await isGone(draft.tab)) {
        store(draft.key, null);
        store(keyOf(person, room), { text: draft.text, at: Date.now(), name });
        return draft.text;
      }
    }

    return '';
  });
}

/** Removes a draft. */
export const removeDraft = draft => store(draft.key, null);
