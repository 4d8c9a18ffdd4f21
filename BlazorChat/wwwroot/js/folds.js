// Long messages of people are cut after 24 lines (messages.css), with a button below. The text stays in the page, so it is found and can be
// reached by the Tab key: when the browser scrolls to what is cut off, the message unfolds. The server knows nothing of this.
import { word } from './words.js';

// A message that is only a little longer is shown whole.
const SPARE = 96;

// Where the beginning is put if it is above the view.
const TOP = 24;

const ARTICLE = 'article.message:not(.assistant)';

/** Folds the long messages of a conversation. */
export class Folds {
  constructor(log) {
    this.log = log;
    // It tells of a message when the browser first lays it out, which it does not do for those far away.
    this.sizes = new ResizeObserver(entries => entries.forEach(entry => this.measure(entry.target)));
    this.changes = new MutationObserver(records => records.forEach(record => this.look(record)));
  }

  observe(content) {
    this.content = content;
    content.querySelectorAll(`:scope > ${ARTICLE}`).forEach(article => this.take(article));
    this.changes.observe(content, { childList: true, subtree: true });
    // Scrolling does not bubble.
    this.log.addEventListener('scroll', this.onScroll, { capture: true, passive: true });
    this.log.addEventListener('click', this.onClick);
  }

  disconnect() {
    this.sizes.disconnect();
    this.changes.disconnect();
    this.log.removeEventListener('scroll', this.onScroll, { capture: true });
    this.log.removeEventListener('click', this.onClick);
  }

  look({ target, addedNodes }) {
    if (target === this.content) {
      addedNodes.forEach(node => node.matches?.(ARTICLE) && this.take(node));
    } else if (target.matches(ARTICLE)) {
      // It was edited, or another version of it is shown.
      this.take(target);
    }
  }

  take(article) {
    const blocks = article.querySelector('.blocks');
    if (blocks) {
      this.sizes.observe(blocks);
    }
  }

  measure(blocks) {
    const article = blocks.closest('article');
    if (!blocks.isConnected || article.dataset.fold === 'open') {
      return;
    }

    const hidden = blocks.scrollHeight - blocks.clientHeight;
    const isLong = hidden > (article.dataset.fold === 'closed' ? 1 : SPARE);
    if (isLong && article.dataset.fold !== 'closed') {
      article.dataset.fold = 'closed';
      this.button(article).textContent = word('Fold_More');
    } else if (!isLong && hidden > 1) {
      article.dataset.fold = 'spare';
    }
  }

  button(article) {
    let button = article.querySelector(':scope > .fold-button');
    if (!button) {
      button = document.createElement('button');
      button.type = 'button';
      button.className = 'fold-button';
      article.append(button);
    }

    button.ariaExpanded = String(article.dataset.fold === 'open');
    return button;
  }

  onClick = e => {
    const button = e.target.closest('.fold-button');
    if (button) {
      const article = button.closest('article');
      this.turn(article, article.dataset.fold === 'closed');
    }
  };

  // What the browser scrolled to is cut off: a word that was searched for, or a link that got the focus.
  onScroll = ({ target }) => {
    const article = target !== this.log && target.matches?.('.blocks') && target.scrollTop > 0 ? target.closest('[data-fold=closed]') : null;
    if (article) {
      const by = target.scrollTop;
      target.scrollTop = 0;
      this.turn(article, true, by);
    }
  };

  turn(article, isOpen, by = 0) {
    const offset = this.log.offsetOf(article);
    article.dataset.fold = isOpen ? 'open' : 'closed';
    this.button(article).textContent = isOpen ? word('Fold_Less') : word('Fold_More');
    // The reader stays where they are. Of a message that is cut again, they see the beginning.
    this.log.putAt(article, isOpen ? offset - by : Math.max(offset, TOP));
  }
}
