// <kept-field> around a field or its choices: text that is typed there and not yet sent stays in the tab's storage, and is restored
// when the field appears again. data-name identifies the field. Closing the field discards the text, except with
//   data-until-saved  keeps the text until the server has it and sets data-saved, or until the panel removes only this field;
//   data-one-of       names a group of which only one field is open at a time: when another one replaces it, its text is kept.
// A field that saves itself has data-of, a stamp of the server's value, and in data-saved a stamp of the text that is saved. The hidden
// input with data-begins tells the server the stamp of the value with which an edit began, and of what was typed since, so that no one
// overwrites what they have not seen. data-room is the field's room: settings.js saves what its field cannot save any more.
import { focused, forgetFocus, frameOf, isDone, keyOf, load, store, watchFocus } from './kept.js';

// The field that had the focus when the surrounding page was replaced.
let refocus;

const MOST_TYPED = 50;

// As RoomSetting.StampOf in the server's code.
function stampOf(typed = '') {
  // The server has half a character as U+FFFD: see boot.js.
  const text = typed.toWellFormed?.() ?? typed;
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
  }

  return [a, b].map(hash => (hash >>> 0).toString(16).padStart(8, '0')).join('');
}

customElements.define('kept-field', class extends HTMLElement {
  static observedAttributes = ['data-saved', 'data-of'];

  connectedCallback() {
    this.frame = frameOf(this);
    this.form = this.closest('form, aside');
    this.key = `${keyOf('field')}:${location.pathname}:${this.dataset.name}`;
    this.addEventListener('input', () => this.keep());
    // Text typed while the connection was lost did not reach the circuit, which is still the same one.
    document.addEventListener('chat:reconnected', this.tellAgain);
    // The renderer inserts the element before its children.
    queueMicrotask(() => this.begin());
  }

  disconnectedCallback() {
    document.removeEventListener('chat:reconnected', this.tellAgain);
    const { frame, form, key, field } = this;
    const { untilSaved, oneOf } = this.dataset;
    refocus = this.hasFocus ? { key, start: field.selectionStart, end: field.selectionEnd } : refocus;
    // After everything that is removed together with it is gone.
    queueMicrotask(() => {
      if (isDone(frame)) {
        forgetFocus(key);
        const waits = untilSaved !== undefined && !form.isConnected;
        const isPutAside = oneOf !== undefined && document.querySelector(`kept-field[data-one-of=${oneOf}]`) !== null;
        if (!waits && !isPutAside) {
          store(key, null);
        }
      }
    });
  }

  attributeChangedCallback(name, before) {
    if (!this.key || !this.field) {
      return;
    }

    // When the rest of the change is on the page, too.
    queueMicrotask(() => name === 'data-of' ? this.follow() : this.forgetSaved(before !== null));
  }

  // The server's value has changed. If it is none that was typed here, someone else has changed what is being edited, and their value may
  // have replaced it on the page.
  follow() {
    const kept = load(this.key);
    if (kept && kept.of !== this.dataset.of && !kept.typed?.includes(this.dataset.of)) {
      this.tellAgain();
    }
  }

  // What is saved need not be kept; what was typed since, and has not reached the server, must be. Where the server knew of no edit, its
  // new value is someone else's, and may have replaced on the page what was typed.
  forgetSaved(isUnknown) {
    const { saved, of } = this.dataset;
    const typed = isUnknown ? load(this.key)?.value : this.value;
    if (saved !== undefined && (of === undefined || saved === stampOf(typed))) {
      this.forget();
    }
  }

  forget() {
    store(this.key, null);
    delete this.dataset.kept;
  }

  get value() {
    return this.isSwitch ? this.field.checked ? 'on' : 'off' : this.isChoice ? this.querySelector('input:checked')?.value : this.field.value;
  }

  set value(value) {
    const field = this.isChoice && !this.isSwitch ? this.querySelector(`input[value="${CSS.escape(value)}"]`) : this.field;
    if (this.isSwitch) {
      field.checked = value === 'on';
    } else if (this.isChoice && field) {
      field.checked = true;
    } else if (field) {
      field.value = value;
    }

    // Listeners in the browser and on the server use one or the other.
    field?.dispatchEvent(new Event('input', { bubbles: true }));
    field?.dispatchEvent(new Event('change', { bubbles: true }));
  }

  tellAgain = () => {
    const kept = load(this.key);
    if (typeof kept?.value === 'string') {
      this.tellBegin(kept);
      this.value = kept.value;
    }
  };

  // Goes to the server before the value does.
  tellBegin({ of, typed }) {
    const input = this.querySelector('[data-begins]');
    if (input) {
      // What was typed here a while ago may have been saved since, and the page need not have heard of it.
      input.value = [of ?? '', ...typed ?? []].join(' ');
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }

  keep() {
    // The value that the field began with stays the same, even if the server's value has changed.
    const kept = load(this.key);
    const { of } = kept ?? this.dataset;
    if (!kept) {
      this.tellBegin({ of });
    }

    const { name, room } = this.dataset;
    const entry = { value: this.value, of };
    if (room) {
      Object.assign(entry, { room, setting: name, roomName: document.querySelector('.room-name')?.textContent });
      // What the server may have heard of, and so may have saved.
      const isHeard = document.documentElement.dataset.connection !== 'down';
      entry.typed = [...kept?.typed ?? [], ...isHeard ? [stampOf(this.value)] : []].slice(-MOST_TYPED);
    }

    store(this.key, entry);
    this.dataset.kept = '';
  }

  begin() {
    const field = this.querySelector('textarea, input, select');
    if (!field || !this.isConnected) {
      return;
    }

    this.field = field;
    this.isSwitch = field.type === 'checkbox';
    this.isChoice = field.type === 'radio' || this.isSwitch;
    const kept = load(this.key);
    if (typeof kept?.value === 'string') {
      this.dataset.kept = '';
      if (kept.value !== this.value) {
        this.tellBegin(kept);
        this.value = kept.value;
      } else {
        this.forgetSaved();
      }
    }

    if (!this.isChoice && field.localName !== 'select') {
      this.focusAgain(field);
    }
  }

  focusAgain(field) {
    const hadFocus = focused() === this.key;
    watchFocus(this, field, this.key);
    if (refocus?.key === this.key) {
      field.focus({ preventScroll: true });
      field.setSelectionRange(refocus.start, refocus.end);
      refocus = undefined;
    } else if (hadFocus && document.activeElement === document.body && matchMedia('(hover: hover) and (pointer: fine)').matches) {
      // The page was reloaded. Not on touch screens, where the focus would open the keyboard.
      field.focus({ preventScroll: true });
      field.setSelectionRange(field.value.length, field.value.length);
    }
  }
});
