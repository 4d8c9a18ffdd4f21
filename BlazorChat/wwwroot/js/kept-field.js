// <kept-field> around a field or its choices: text that is typed there and not yet sent stays in the tab's storage, and is restored
// when the field appears again. data-name identifies the field. Closing the field discards the text, except with
//   data-until-saved  keeps the text until the server has it and sets data-saved, or until the form removes only this field;
//   data-one-of       names a group of which only one field is open at a time: when another one replaces it, its text is kept.
// data-of is the server's value that the field began with. If that value has changed before typed text is restored, the form's input
// with data-contested tells the server.
import { focused, forgetFocus, frameOf, isDone, keyOf, load, store, watchFocus } from './kept.js';

// The field that had the focus when the surrounding page was replaced.
let refocus;

customElements.define('kept-field', class extends HTMLElement {
  static observedAttributes = ['data-saved'];

  connectedCallback() {
    this.frame = frameOf(this);
    this.form = this.closest('form');
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

  attributeChangedCallback() {
    if (this.key && this.dataset.saved !== undefined) {
      store(this.key, null);
    }
  }

  get value() {
    return this.isChoice ? this.querySelector('input:checked')?.value : this.field.value;
  }

  set value(value) {
    const field = this.isChoice ? this.querySelector(`input[value="${CSS.escape(value)}"]`) : this.field;
    if (this.isChoice && field) {
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
      this.value = kept.value;
    }
  };

  keep() {
    // The value that the field began with stays the same, even if the server's value has changed.
    const { of } = load(this.key) ?? this.dataset;
    store(this.key, { value: this.value, of });
  }

  begin() {
    const field = this.querySelector('textarea, input');
    if (!field || !this.isConnected) {
      return;
    }

    this.field = field;
    this.isChoice = field.type === 'radio';
    const kept = load(this.key);
    if (typeof kept?.value === 'string' && kept.value !== this.value) {
      this.value = kept.value;
      if (kept.of !== this.dataset.of) {
        this.form?.querySelector('[data-contested]')?.dispatchEvent(new Event('change', { bubbles: true }));
      }
    }

    if (!this.isChoice) {
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
