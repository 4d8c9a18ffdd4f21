// <chat-composer>: the message box. Keys, its height, the draft (drafts.js) and unsent messages (unsent.js) are handled in the browser,
// so that typing never waits for the server and nothing typed is lost.
import { draftOf, forgetTyped, hasOthers, isTakenAway, keepDraft, takeUp } from '../../js/drafts.js';
import { focused, watchFocus } from '../../js/kept.js';
import { reopen } from '../../js/kept-open.js';
import { isOfInputMethod } from '../../js/keys.js';
import { connectSettings } from '../../js/settings.js';
import { add, connect, disconnect, discard, isMine, retry, stateOf, unsentIn } from '../../js/unsent.js';
import { sure } from '../../js/tabs.js';
import { number, word } from '../../js/words.js';

const COUNT_FROM = 30_000;

// How often a tab with an empty message box looks whether the tab of a draft in this room is gone.
const LOOK_EVERY = 5000;

// The name of the message box in the tab's storage.
const FIELD = 'composer';

// The room whose box had the focus when the interactive element replaced it.
let refocus;

// Set when something was sent from this browser: its person knows the keys.
const HAS_SENT = 'blazorchat:has-sent';

function hasSent() {
  try {
    return localStorage.getItem(HAS_SENT) !== null;
  } catch {
    return false;
  }
}

class ChatComposer extends HTMLElement {
  connectedCallback() {
    this.shown = new Map();
    document.addEventListener('chat:unsent', this.onUnsent);
    addEventListener('storage', this.onStorage = e => this.onStored(e));
    document.addEventListener('click', this.onDocumentClick = e => this.takeSuggestion(e));
    document.addEventListener('visibilitychange', this.onVisible);
    // The renderer inserts the element before its children.
    queueMicrotask(() => this.begin());
  }

  disconnectedCallback() {
    document.removeEventListener('chat:unsent', this.onUnsent);
    removeEventListener('storage', this.onStorage);
    document.removeEventListener('click', this.onDocumentClick);
    document.removeEventListener('visibilitychange', this.onVisible);
    clearInterval(this.looking);
    if (this.hasFocus) {
      refocus = { room: this.dataset.room, start: this.input.selectionStart, end: this.input.selectionEnd };
    }

    disconnect(this.server);
    this.server = undefined;
    document.dispatchEvent(new CustomEvent('chat:room'));
  }

  begin() {
    this.input = this.querySelector('textarea');
    if (!this.input || !this.isConnected) {
      return;
    }

    this.toggleAttribute('data-known', hasSent());

    this.limit = Number(this.dataset.limit);
    this.count = this.querySelector('[data-count]');
    this.button = this.querySelector('[data-send]');
    ({ person: this.person, room: this.room } = this.dataset);

    this.input.addEventListener('input', () => this.onInput());
    this.input.addEventListener('keydown', e => this.onKey(e));
    watchFocus(this, this.input, FIELD);
    this.querySelector('form').addEventListener('submit', e => {
      e.preventDefault();
      this.send();
    });

    if (this.input.value) {
      // Typed before this script ran.
      this.onInput();
    } else {
      this.input.value = draftOf(this.person, this.room);
    }

    this.show();
    this.takeFocus();
    this.showUnsent();
    sure.then(copied => copied && this.leaveToOther());
    this.look();
    this.looking = setInterval(() => this.look(), LOOK_EVERY);
    document.dispatchEvent(new CustomEvent('chat:room'));
  }

  get roomName() {
    return document.querySelector('.room-name')?.textContent ?? '';
  }

  onVisible = () => this.look();

  // An empty message box takes up what was written here in a tab that is gone.
  async look() {
    if (this.isLooking || !this.input || this.input.value || document.hidden || !hasOthers(this.person, this.room)) {
      return;
    }

    this.isLooking = true;
    const text = await takeUp(this.person, this.room, this.roomName);
    this.isLooking = false;
    if (text && this.isConnected) {
      this.input.value = this.input.value ? `${text}\n${this.input.value}` : text;
      this.onInput();
    }
  }

  // This tab is a duplicate of another one, whose draft it shows.
  leaveToOther() {
    forgetTyped(this.room);
    if (this.isConnected && !this.isEdited) {
      this.input.value = '';
      this.show();
    }
  }

  takeFocus() {
    if (refocus?.room === this.dataset.room) {
      this.input.focus({ preventScroll: true });
      this.input.setSelectionRange(refocus.start, refocus.end);
    } else if ((focused() ?? FIELD) === FIELD && matchMedia('(hover: hover) and (pointer: fine)').matches && (document.activeElement === document.body || document.activeElement?.closest('nav.rooms'))) {
      // A room was opened, and nothing else has the focus, or had it when the page was left. Not on touch screens, where the focus would
      // open the keyboard.
      this.input.focus({ preventScroll: true });
    }

    refocus = undefined;
  }

  onInput() {
    this.isEdited = true;
    keepDraft(this.person, this.room, this.input.value, this.roomName);
    this.show();
  }

  onStored(e) {
    if (!this.input) {
      return;
    }

    // Another tab, which took this one for gone, has the text now.
    if (isTakenAway(e, this.person, this.room, this.input.value)) {
      forgetTyped(this.room);
      this.input.value = '';
      this.show();
    }

    if (e.key === null || e.key.startsWith('blazorchat:unsent:')) {
      this.showUnsent();
    }
  }

  onKey(e) {
    if (e.key === 'Enter' && !e.shiftKey && !isOfInputMethod(e)) {
      e.preventDefault();
      this.send();
    }
  }

  show() {
    const { input } = this;
    const { length } = input.value;
    const isTooLong = length > this.limit;
    this.count.textContent = length >= COUNT_FROM ? `${number(length)} / ${number(this.limit)}` : '';
    this.classList.toggle('too-long', isTooLong);
    this.button.disabled = isTooLong || input.value.trim() === '';
    input.setAttribute('aria-invalid', String(isTooLong));
    if (!CSS.supports('field-sizing', 'content')) {
      input.style.height = 'auto';
      input.style.height = `${input.scrollHeight}px`;
    }
  }

  takeSuggestion(e) {
    const suggestion = e.target.closest('[data-suggest]');
    if (suggestion && this.input) {
      this.input.value = suggestion.dataset.suggest;
      this.onInput();
      this.input.focus();
    }
  }

  send() {
    const text = this.input.value;
    if (text.trim() === '' || text.length > this.limit) {
      return;
    }

    this.input.value = '';
    this.onInput();
    this.toggleAttribute('data-known', true);
    try {
      localStorage.setItem(HAS_SENT, '');
    } catch {
      // Storage is forbidden: the keys are named on the next page again.
    }

    add(this.person, this.room, text, this.roomName);
    document.querySelector('chat-log')?.lead?.();
  }

  connect(server) {
    // Styles and scripts wait for this attribute.
    this.dataset.connected = '';
    reopen();
    this.server = server;
    connect({ server, person: this.dataset.person, room: this.dataset.room });
    connectSettings(server);
    document.dispatchEvent(new CustomEvent('chat:live'));
  }

  onUnsent = ({ detail: { entry, elementId, isGone } }) => {
    if (!this.input) {
      return;
    }

    if (elementId && entry.room === this.room) {
      this.removeWhenShown(entry, elementId);
    } else if (isGone) {
      this.remove(entry);
    } else {
      this.showUnsent();
    }
  };

  // Shows this tab's unsent messages of the room in their order. Those that another tab has sent or discarded disappear.
  showUnsent() {
    const entries = unsentIn(this.person, this.room).filter(isMine);
    for (const { entry, isSent } of [...this.shown.values()]) {
      if (!isSent && !entries.some(e => e.id === entry.id)) {
        this.remove(entry);
      }
    }

    entries.forEach(entry => this.render(entry));
  }

  // Removes the entry only when the message itself is shown, so that it never appears twice.
  removeWhenShown(entry, elementId) {
    const isShown = () => document.getElementById(elementId);
    if (isShown() || !this.isConnected) {
      this.remove(entry);
      return;
    }

    const shown = this.shown.get(entry.id);
    if (!shown || shown.isSent) {
      return;
    }

    shown.isSent = true;
    const observer = new MutationObserver(() => isShown() && end());
    const timer = setTimeout(() => end(), 5000);
    const end = () => {
      observer.disconnect();
      clearTimeout(timer);
      this.remove(entry);
    };
    observer.observe(document.body, { childList: true, subtree: true });
  }

  remove(entry) {
    this.shown.get(entry.id)?.element.remove();
    this.shown.delete(entry.id);
  }

  render(entry) {
    const { state, note } = stateOf(entry);
    const last = this.shown.get(entry.id);
    if (state === 'sent' || (last?.element.isConnected && last.state === state && last.note === note)) {
      return;
    }

    const isFailed = state === 'failed';
    const element = document.createElement('div');
    element.className = isFailed ? 'pending failed' : 'pending';
    element.role = 'group';
    element.ariaLabel = isFailed ? word('Unsent_NotSentLabel') : word('Unsent_OnItsWay');
    element.translate = false;

    const text = document.createElement('p');
    text.className = 'pending-text';
    text.dir = 'auto';
    text.textContent = entry.text;
    const line = document.createElement('p');
    line.className = 'pending-state';
    if (isFailed) {
      line.role = 'alert';
      const label = document.createElement('strong');
      label.textContent = word('Unsent_NotSent');
      line.append(label, ` ${note} `, this.pendingButton(word('Unsent_Retry'), () => retry(entry)), this.pendingButton(word('Unsent_Discard'), () => {
        discard(entry);
        this.input.focus();
      }));
    } else if (state === 'waiting') {
      line.innerHTML = '<svg class="icon" aria-hidden="true"><use href="#i-clock"/></svg>';
      line.append(note ? word('Unsent_WaitingBecause', note) : word('Unsent_Waiting'));
    } else {
      line.textContent = word('Unsent_Sending');
    }

    element.append(text, line);
    if (last?.element.isConnected) {
      last.element.replaceWith(element);
    } else {
      document.querySelector('[data-unsent]')?.append(element);
    }

    this.shown.set(entry.id, { entry, element, state, note });
  }

  pendingButton(name, action) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button small';
    button.textContent = name;
    button.addEventListener('click', action);
    return button;
  }
}

customElements.define('chat-composer', ChatComposer);

// MessageComposer calls this when the page has a circuit.
globalThis.blazorChat = { ...globalThis.blazorChat, connectComposer: (element, server) => element.connect(server) };
