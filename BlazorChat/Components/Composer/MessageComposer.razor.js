// <chat-composer>: the message box. Keys, its height, drafts and unsent messages are handled here, so that typing never waits for the
// server and nothing typed is lost. The draft and every unsent message are in localStorage, per person and room. After a reload or a
// lost connection, unsent messages are sent again with the same id, which the server stores only once. Each tab also keeps its own
// text: a tab that comes back shows what was typed in it, whatever another tab has left in the room since.
import { focused, keyOf, load as loadHere, store as storeHere, watchFocus } from '../../js/kept.js';
import { reopen } from '../../js/kept-open.js';
import { requestData } from '../../js/request.js';

const COUNT_FROM = 30_000;
const CALL_TIMEOUT = 20_000;
// The key has an older name for unsent messages, because browsers still have messages under it.
const UNSENT = 'blazorchat:outbox:';
// The name of the message box in the tab's storage.
const FIELD = 'composer';

// The room whose box had the focus when the interactive element replaced it.
let refocus;

// The text typed in this tab, by room, because the element is replaced when the page comes back.
const typed = new Map();

function newId() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }

  // randomUUID needs https, getRandomValues does not.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map(b => b.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function load(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    if (value === null) {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, JSON.stringify(value));
    }
  } catch {
    // Storage is full or forbidden: typed text lives only as long as the page.
  }
}

class ChatComposer extends HTMLElement {
  connectedCallback() {
    this.sending = new Set();
    this.entries = new Map();
    this.onConnected = () => this.flush();
    document.addEventListener('chat:connected', this.onConnected);
    addEventListener('storage', this.onStorage = e => this.onStored(e));
    document.addEventListener('click', this.onDocumentClick = e => this.takeSuggestion(e));
    // The renderer inserts the element before its children.
    queueMicrotask(() => this.begin());
  }

  disconnectedCallback() {
    document.removeEventListener('chat:connected', this.onConnected);
    removeEventListener('storage', this.onStorage);
    document.removeEventListener('click', this.onDocumentClick);
    if (this.hasFocus) {
      refocus = { room: this.dataset.room, start: this.input.selectionStart, end: this.input.selectionEnd };
    }

    this.server = undefined;
  }

  begin() {
    this.input = this.querySelector('textarea');
    if (!this.input || !this.isConnected) {
      return;
    }

    this.limit = Number(this.dataset.limit);
    this.count = this.querySelector('[data-count]');
    this.button = this.querySelector('[data-send]');
    const scope = `${this.dataset.person}:${this.dataset.room}`;
    this.draftKey = `blazorchat:draft:${scope}`;
    this.unsentKey = UNSENT + scope;
    this.typedKey = keyOf(`draft:${this.dataset.room}`);

    this.input.addEventListener('input', () => this.onInput());
    this.input.addEventListener('keydown', e => this.onKey(e));
    watchFocus(this, this.input, FIELD);
    this.querySelector('form').addEventListener('submit', e => {
      e.preventDefault();
      this.send();
    });

    // Keeps text that was typed before this script ran.
    this.input.value ||= typed.get(this.dataset.room) ?? loadHere(this.typedKey) ?? load(this.draftKey) ?? '';
    this.show();
    this.takeFocus();
    this.unsent().forEach(entry => this.render(entry));
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
    store(this.draftKey, this.input.value || null);
    this.noteTyped();
    this.show();
  }

  noteTyped() {
    const { value } = this.input;
    storeHere(this.typedKey, value || null);
    if (value) {
      typed.set(this.dataset.room, value);
    } else {
      typed.delete(this.dataset.room);
    }
  }

  // The same text was sent or cleared in another tab.
  onStored(e) {
    if (this.input && e.key === this.draftKey && e.newValue === null && e.oldValue === JSON.stringify(this.input.value)) {
      this.input.value = '';
      this.noteTyped();
      this.show();
    }
  }

  onKey(e) {
    // 229: some browsers end a composition before they report the key that ended it.
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) {
      e.preventDefault();
      this.send();
    }
  }

  show() {
    const { input } = this;
    const { length } = input.value;
    const isTooLong = length > this.limit;
    this.count.textContent = length >= COUNT_FROM ? `${length.toLocaleString('en-US')} / ${this.limit.toLocaleString('en-US')}` : '';
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
      this.input.value = suggestion.textContent.trim();
      this.onInput();
      this.input.focus();
    }
  }

  send() {
    const text = this.input.value;
    if (text.trim() === '' || text.length > this.limit) {
      return;
    }

    const entry = { id: newId(), text };
    this.keep([...this.unsent(), entry]);
    this.input.value = '';
    this.onInput();
    this.render(entry);
    document.querySelector('chat-log')?.follow?.();
    this.deliver(entry);
  }

  unsent() {
    return load(this.unsentKey) ?? [...this.entries.values()].map(e => e.entry);
  }

  keep(entries) {
    store(this.unsentKey, entries.length > 0 ? entries : null);
  }

  connect(server) {
    // Styles and scripts wait for this attribute.
    this.dataset.connected = '';
    reopen();
    this.server = server;
    this.sending.clear();
    this.flush();
    this.flushElsewhere();
  }

  flush() {
    if (this.server) {
      this.sending.clear();
      for (const entry of this.unsent()) {
        if (!entry.problem) {
          this.deliver(entry);
        } else if (entry.isUnanswered) {
          this.retry(entry);
        }
      }
    }
  }

  // Sends messages of rooms that the person left before the messages were delivered.
  async flushElsewhere() {
    const mine = `${UNSENT}${this.dataset.person}:`;
    let keys = [];
    try {
      keys = Object.keys(localStorage).filter(key => key.startsWith(mine) && key !== this.unsentKey);
    } catch {
      // Storage is forbidden, so there are no such messages.
    }

    const { server } = this;
    for (const key of keys) {
      for (const entry of load(key) ?? []) {
        if (entry.problem && !entry.isUnanswered) {
          continue;
        }

        let result;
        try {
          result = await server.invokeMethodAsync('SendTo', key.slice(mine.length), entry.id, entry.text);
        } catch {
          // The page is leaving this room, too. The next one continues.
          return;
        }

        const others = (load(key) ?? []).filter(e => e.id !== entry.id);
        const left = result.elementId ? others : [...others, { id: entry.id, text: entry.text, problem: result.problem }];
        store(key, left.length > 0 ? left : null);
      }
    }
  }

  // One call per attempt. A missing response does not mean refusal; the id makes another attempt safe.
  async deliver(entry) {
    if (!this.server || document.documentElement.dataset.connection === 'down' || this.sending.has(entry.id)) {
      return;
    }

    this.sending.add(entry.id);
    const { server } = this;
    let result;
    try {
      const call = server.invokeMethodAsync('Send', entry.id, entry.text, requestData());
      // A late response still counts.
      call.then(late => late?.elementId && this.sent(entry, late.elementId), () => {});
      result = await Promise.race([
        call,
        new Promise((_, reject) => setTimeout(reject, CALL_TIMEOUT, new Error('No answer'))),
      ]);
    } catch {
      result = undefined;
    }

    this.sending.delete(entry.id);
    if (!result?.elementId && this.server === server && document.documentElement.dataset.connection !== 'down') {
      this.fail(entry, result?.problem);
    }
  }

  sent(entry, elementId) {
    this.forget(entry);
    this.removeWhenShown(entry, elementId);
  }

  forget(entry) {
    this.keep(this.unsent().filter(e => e.id !== entry.id));
  }

  // A refused message waits for its author. A message without a response is sent again when the connection is back.
  fail(entry, refusal) {
    const failed = { id: entry.id, text: entry.text, problem: refusal ?? 'The server did not answer.', isUnanswered: !refusal };
    this.keep(this.unsent().map(e => e.id === entry.id ? failed : e));
    this.render(failed);
  }

  retry(entry) {
    const again = { id: entry.id, text: entry.text };
    this.keep(this.unsent().map(e => e.id === entry.id ? again : e));
    this.render(again);
    this.deliver(again);
  }

  discard(entry) {
    this.forget(entry);
    this.remove(entry);
    this.input.focus();
  }

  // Removes the entry only when the message itself is shown, so that it never appears twice.
  removeWhenShown(entry, elementId) {
    const isShown = () => document.getElementById(elementId);
    if (isShown() || !this.isConnected) {
      this.remove(entry);
      return;
    }

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
    this.entries.get(entry.id)?.element.remove();
    this.entries.delete(entry.id);
  }

  render(entry) {
    const place = document.querySelector('[data-unsent]');
    const element = document.createElement('div');
    element.className = entry.problem ? 'pending failed' : 'pending';
    element.role = 'group';
    element.ariaLabel = entry.problem ? 'Message that was not sent' : 'Message on its way';

    const text = document.createElement('p');
    text.className = 'pending-text';
    text.dir = 'auto';
    text.textContent = entry.text;
    const state = document.createElement('p');
    state.className = 'pending-state';
    if (entry.problem) {
      state.role = 'alert';
      const label = document.createElement('strong');
      label.textContent = 'Not sent';
      state.append(label, ` ${entry.problem} `, this.pendingButton('Retry', () => this.retry(entry)), this.pendingButton('Discard', () => this.discard(entry)));
    } else {
      state.textContent = 'Sending…';
    }

    element.append(text, state);
    const old = this.entries.get(entry.id)?.element;
    if (old?.isConnected) {
      old.replaceWith(element);
    } else {
      place?.append(element);
    }

    this.entries.set(entry.id, { entry, element });
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
