// <kept-field> around a field, or the choices of one: what is typed there and not sent yet stays in the tab's store, and is put
// back when the field appears again. Its data-name says which field it is. Whoever closes it is done with it, unless
//   data-until-saved  keeps it until the server has it, which says so by data-saved, or the form goes on without this field;
//   data-one-of       names those of which one is open at a time: when another takes its place, it is put aside.
// data-of says which value of the server's the field began with; where it has become another one before what was typed is put
// back, the form's input with data-contested tells the server.
import { focused, forgetFocus, frameOf, isDone, keyOf, load, store, watchFocus } from './kept.js';

// The field that had the focus when the page around it was replaced.
let refocus;

customElements.define('kept-field', class extends HTMLElement {
  static observedAttributes = ['data-saved'];

  connectedCallback() {
    this.frame = frameOf(this);
    this.form = this.closest('form');
    this.key = `${keyOf('field')}:${location.pathname}:${this.dataset.name}`;
    this.addEventListener('input', () => this.keep());
    // What was typed while the connection was away never reached the circuit, which is the same one.
    document.addEventListener('chat:reconnected', this.tellAgain);
    // The renderer puts the children in after the element itself.
    queueMicrotask(() => this.begin());
  }

  disconnectedCallback() {
    document.removeEventListener('chat:reconnected', this.tellAgain);
    const { frame, form, key, field } = this;
    const { untilSaved, oneOf } = this.dataset;
    refocus = this.hasFocus ? { key, start: field.selectionStart, end: field.selectionEnd } : refocus;
    // When everything that goes with it has gone.
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

    // For those who listen to either, in the browser and on the server.
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
    // What it began with stays what it began with, whatever the server's has become meanwhile.
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
      // The page was loaded again. On a touch screen this would raise the keyboard.
      field.focus({ preventScroll: true });
      field.setSelectionRange(field.value.length, field.value.length);
    }
  }
});
