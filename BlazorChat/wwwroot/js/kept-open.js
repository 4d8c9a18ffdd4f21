// <kept-open> inside of what somebody opened (the settings, a message that is edited, a dialog with something to type): the tab's store knows that it is open,
// and a page that is loaded again opens it again, as does a message that is edited when its room was left meanwhile. Where the
// circuit is resumed, the server does so by itself.
import { frameOf, isDone, keyOf, load, store } from './kept.js';
import { tell } from './message-actions.js';

// What is open in a room: { panel: '', edit: 'm-…', dialog: 'Create' }.
const keyFor = path => `${keyOf('open')}:${path}`;

customElements.define('kept-open', class extends HTMLElement {
  connectedCallback() {
    const { name, of = '' } = this.dataset;
    this.frame = frameOf(this);
    this.path = location.pathname;
    const key = keyFor(this.path);
    const open = load(key);
    /** Whether it was open before, and came back with the page. */
    this.isBack = open?.[name] === of;
    store(key, { ...open, [name]: of });
  }

  disconnectedCallback() {
    const { frame, path } = this;
    const { name, of = '' } = this.dataset;
    queueMicrotask(() => {
      const key = keyFor(path);
      const { [name]: last, ...others } = load(key) ?? {};
      // The settings are looked at anew; a text that is half written waits.
      const isLeft = name === 'panel' && location.pathname !== path;
      if ((isDone(frame) || isLeft) && last === of) {
        store(key, Object.keys(others).length > 0 ? others : null);
      }
    });
  }
});

/** Opens what was open in this room. Called when it is live; what is open already stays as it is. */
export function reopen() {
  const open = load(keyFor(location.pathname)) ?? {};
  if (open.panel !== undefined && !document.querySelector('.panel')) {
    document.querySelector('[data-toggle-panel]')?.click();
  }

  if (open.dialog && !document.querySelector('dialog[open]')) {
    const button = document.querySelector(`[data-opens="${open.dialog}"]`);
    if (button?.closest('.sidebar') && !button.checkVisibility()) {
      // Its dialog is in the drawer.
      button.closest('[popover]').showPopover();
    }

    button?.click();
  }

  if (open.edit) {
    editWhenShown(open.edit);
  }
}

// A message in an older page is there when the reader's place is.
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
