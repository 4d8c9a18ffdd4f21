// <kept-open> inside of what somebody opened (the settings, a message that is edited): the tab's store knows that it is open,
// and a page that is loaded again opens it again. Where the circuit is resumed, the server does so by itself.
import { frameOf, isDone, keyOf, load, store } from './kept.js';
import { tell } from './message-actions.js';

const KEY = keyOf('open');

// As the page before this one left it.
let before = load(KEY);

// What is open here: { path, panel: '', edit: 'm-…' }.
const now = () => {
  const kept = load(KEY);
  return kept?.path === location.pathname ? kept : { path: location.pathname };
};

customElements.define('kept-open', class extends HTMLElement {
  connectedCallback() {
    const { name, of = '' } = this.dataset;
    const open = now();
    this.frame = frameOf(this);
    this.path = location.pathname;
    /** Whether it was open before, and came back with the page. */
    this.isBack = open[name] === of;
    store(KEY, { ...open, [name]: of });
  }

  disconnectedCallback() {
    const { frame, path } = this;
    const { name, of = '' } = this.dataset;
    queueMicrotask(() => {
      const open = load(KEY);
      if (isDone(frame, path) && open?.path === path && open[name] === of) {
        store(KEY, { ...open, [name]: undefined });
      }
    });
  }
});

/** Opens what was open when this page was loaded. Called when it is live; only the first time does anything. */
export function reopen() {
  const open = before?.path === location.pathname ? before : {};
  before = null;
  if (open.panel !== undefined && !document.querySelector('.panel')) {
    document.querySelector('[data-toggle-panel]')?.click();
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
