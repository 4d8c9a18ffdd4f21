// <kept-field> around a field: what is typed there and not sent yet stays in the tab's store, and is put back when the field
// appears again. Its data-name says which field it is; with data-saved, the server has the text.
import { focused, forgetFocus, frameOf, isDone, keyOf, load, store, watchFocus } from './kept.js';

// The field that had the focus when the page around it was replaced.
let refocus;

customElements.define('kept-field', class extends HTMLElement {
  static observedAttributes = ['data-saved'];

  connectedCallback() {
    this.frame = frameOf(this);
    this.key = `${keyOf('field')}:${location.pathname}:${this.dataset.name}`;
    // The renderer puts the children in after the element itself.
    queueMicrotask(() => this.begin());
  }

  disconnectedCallback() {
    const { frame, key, field } = this;
    refocus = this.hasFocus ? { key, start: field.selectionStart, end: field.selectionEnd } : refocus;
    // When everything that goes with it has gone.
    queueMicrotask(() => {
      if (isDone(frame)) {
        store(key, null);
        forgetFocus(key);
      }
    });
  }

  attributeChangedCallback() {
    if (this.key && this.dataset.saved !== undefined) {
      store(this.key, null);
    }
  }

  begin() {
    const field = this.querySelector('textarea, input');
    if (!field || !this.isConnected) {
      return;
    }

    this.field = field;
    field.addEventListener('input', () => store(this.key, field.value));
    const hadFocus = focused() === this.key;
    watchFocus(this, field, this.key);
    const kept = load(this.key);
    if (typeof kept === 'string' && kept !== field.value) {
      field.value = kept;
      // For those who listen to either, in the browser and on the server.
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }

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
