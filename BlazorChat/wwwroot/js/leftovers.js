// <chat-leftovers>: texts that have no room any more to be shown in. A message that was refused after the person had left its room, and
// drafts and unsent messages of a room that was deleted or closed to them, and settings of another room that were refused, are shown on
// whatever page the person is, with a button to copy them.
// <room-gone data-room> on a page says that this room does not exist (any more).
import { announce } from './announce.js';
import { write } from './copy.js';
import { drafts, removeDraft } from './drafts.js';
import { refusedSettings } from './settings.js';
import { discard, gather, isMine, retry, unsent } from './unsent.js';
import { isGone, sure, tabId } from './tabs.js';
import { nodes, word } from './words.js';

const DRAFT = { title: word('Leftovers_Draft'), label: word('Leftovers_DraftLabel') };
const MESSAGE = { title: word('Unsent_NotSent'), label: word('Unsent_NotSentLabel') };
const SETTING = { title: word('Leftovers_Setting'), label: word('Leftovers_SettingLabel') };

// Of a room that was deleted, and of one that the person may not see any more: whether it still exists is nothing that they may learn here.
const GONE = word('Leftovers_Gone');

const gone = new Set();
const person = document.body.dataset.person ?? '';

const shownRoom = () => document.querySelector('chat-composer')?.dataset.room;
const listed = () => [...document.querySelectorAll('nav.rooms a')].map(link => link.pathname.split('/').at(-1).replaceAll('-', '').toLowerCase());

customElements.define('room-gone', class extends HTMLElement {
  connectedCallback() {
    gone.add(this.dataset.room);
    document.dispatchEvent(new CustomEvent('chat:room'));
  }
});

customElements.define('chat-leftovers', class extends HTMLElement {
  connectedCallback() {
    if (!person) {
      return;
    }

    for (const event of ['chat:unsent', 'chat:room', 'chat:live', 'chat:connected', 'chat:settings']) {
      document.addEventListener(event, () => this.refresh());
    }

    addEventListener('storage', e => (e.key === null || /^blazorchat:(unsent|draft):/.test(e.key)) && this.refresh());
    document.addEventListener('chat:live', () => this.watchRooms());
    gather(person);
    this.refresh();
  }

  // Once for all that happens at the same time.
  refresh() {
    if (!this.isRefreshing) {
      this.isRefreshing = true;
      queueMicrotask(() => {
        this.isRefreshing = false;
        this.show();
      });
    }
  }

  // A room that disappears from the list may have been deleted; rooms that are not in it may have been deleted while nobody looked.
  watchRooms() {
    this.rooms?.disconnect();
    const list = document.querySelector('nav.rooms');
    if (list) {
      this.rooms = new MutationObserver(() => this.lookForRooms());
      this.rooms.observe(list, { childList: true, subtree: true });
    }

    this.lookForRooms();
  }

  async lookForRooms() {
    const known = new Set([...listed(), shownRoom(), ...gone]);
    const unknown = new Set(drafts(person).map(draft => draft.room).filter(room => !known.has(room)));
    for (const room of unknown) {
      try {
        const { status } = await fetch(new URL(`rooms/${room}`, document.baseURI), { cache: 'no-store' });
        if (status === 404) {
          gone.add(room);
          this.refresh();
        }
      } catch {
        // The server is away: the next look finds out.
      }
    }
  }

  async show() {
    await sure;
    const left = unsent(person).filter(entry => isMine(entry) && entry.room !== shownRoom() && (entry.problem || gone.has(entry.room)))
      .map(entry => ({ ...entry, ...MESSAGE, problem: entry.problem ?? GONE, remove: () => discard(entry), again: gone.has(entry.room) ? undefined : () => retry(entry) }));
    for (const draft of drafts(person).filter(draft => gone.has(draft.room))) {
      if (draft.tab === tabId() || draft.tab === undefined || await isGone(draft.tab)) {
        left.push({ ...draft, id: draft.key, ...DRAFT, problem: GONE, remove: () => { removeDraft(draft); this.refresh(); } });
      }
    }

    left.push(...refusedSettings().map(setting => ({ ...setting, ...SETTING })));
    const key = JSON.stringify(left.map(({ id, text, problem }) => [id, text, problem]));
    if (key !== this.key) {
      this.key = key;
      this.hidden = left.length === 0;
      this.replaceChildren(...left.map(item => this.render(item)));
    }
  }

  render({ title, label, name, text, problem, remove, again }) {
    const element = document.createElement('div');
    element.className = 'leftover';
    element.role = 'group';
    element.ariaLabel = label;
    const head = document.createElement('p');
    const what = document.createElement('strong');
    what.textContent = title;
    if (name) {
      const room = document.createElement('bdi');
      room.textContent = name;
      head.append(...nodes('Leftovers_InRoom', what, room, problem));
    } else {
      head.append(...nodes('Leftovers_NoRoom', what, problem));
    }

    const body = document.createElement('p');
    body.className = 'leftover-text';
    body.dir = 'auto';
    body.textContent = text;
    const buttons = document.createElement('p');
    buttons.className = 'leftover-buttons';
    const button = (name, action) => {
      const made = document.createElement('button');
      made.type = 'button';
      made.className = 'button small';
      made.textContent = name;
      made.addEventListener('click', action);
      buttons.append(made);
    };
    button(word('Copy_Copy'), async () => {
      try {
        await write(text);
        announce(word('Copy_Done'));
      } catch {
        announce(word('Copy_Refused'));
      }
    });
    if (again) {
      button(word('Unsent_Retry'), again);
    }

    button(word('Unsent_Discard'), remove);
    element.append(head, body, buttons);
    return element;
  }
});
