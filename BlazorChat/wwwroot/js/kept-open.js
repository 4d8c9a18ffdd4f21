// <kept-open> in something that the person opened: the settings, a message editor, or a dialog with a text field. It records in the
// tab's storage that this is open, and after a reload, the page opens it again. An editor also opens again when the person returns to
// its room. When a circuit is resumed, the server opens these by itself.
import { frameOf, isDone, keyOf, load, store } from './kept.js';
import { tell } from './message-actions.js';

// What is open in a room, for example { panel: '', edit: 'm-…', dialog: 'Create' }.
const keyFor = path => `${keyOf('open')}:${path}`;

customElements.define('kept-open', class extends HTMLElement {
  connectedCallback() {
    const { name, of = '' } = this.dataset;
    this.frame = frameOf(this);
    this.path = location.pathname;
    const key = keyFor(this.path);
    const open = load(key);
    /** Whether it was already open, and came back with the page. */
    this.isBack = open?.[name] === of;
    store(key, { ...open, [name]: of });
  }

  disconnectedCallback() {
    const { frame, path } = this;
    const { name, of = '' } = this.dataset;
    queueMicrotask(() => {
      const key = keyFor(path);
      const { [name]: last, ...others } = load(key) ?? {};
      // Leaving the room closes the settings, but an unfinished text is kept.
      const isLeft = name === 'panel' && location.pathname !== path;
      if ((isDone(frame) || isLeft) && last === of) {
        store(key, Object.keys(others).length > 0 ? others : null);
      }
    });
  }
});

/** Opens what was open in this room. Called when the page is live. Does not touch what is already open. */
export function reopen() {
  const open = load(keyFor(location.pathname)) ?? {};
  if (open.panel !== undefined && !document.querySelector('.panel')) {
    document.querySelector('[data-toggle-panel]')?.click();
  }

  if (open.dialog && !document.querySelector('dialog[open]')) {
    const button = document.querySelector(`[data-opens="${open.dialog}"]`);
    if (button?.closest('.sidebar') && !button.checkVisibility()) {
      // The dialog is in the drawer.
      button.closest('[popover]').showPopover();
    }

    button?.click();
  }

  if (open.edit) {
    editWhenShown(open.edit);
  }
}

// A message in an older page appears when the reader's place is restored.
function editWhenShown(id) {
  const content = document.querySelector('chat-log .log-content');
  const edit = () => {
    const article = document.getElementById(id);
    if (article && !article.querySelector('message-editor')) {
      tell('edit', article);
    }

    return article;
  };
  if (content && !edit()) {
    const observer = new MutationObserver(() => edit() && observer.disconnect());
    observer.observe(content, { childList: true });
  }
}
