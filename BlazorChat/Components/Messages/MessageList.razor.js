// <chat-log>: the scrolling conversation. It follows the end while the reader is there. Otherwise it keeps the reader's place exactly
// where it is, whatever grows, arrives or is loaded above or below. It measures after layout and before paint (ResizeObserver), so
// nothing jumps. The browser's own scroll anchoring is off, because it would do the same work twice.
import { isOfInputMethod } from '../../js/keys.js';

const NEAR_END = 48;

// The most pages of older messages that are loaded automatically to find the reader's place again.
const MOST_PAGES = 20;

// Events of scrolling by the reader. The scroll event itself also fires when content grows.
const SCROLLS = ['wheel', 'touchmove', 'keydown', 'pointerdown'];

const placeKey = room => `blazorchat:place:${room}`;

customElements.define('chat-log', class extends HTMLElement {
  connectedCallback() {
    this.isFollowing = true;
    this.searched = 0;
    this.known = new Set();
    this.restore();
    this.addEventListener('scroll', this.onScroll, { passive: true });
    this.addEventListener('keydown', this.onKey);
    // A reader who scrolls has found a place of their own.
    SCROLLS.forEach(type => this.addEventListener(type, () => { this.saved = undefined; }, { passive: true }));
    this.addEventListener('focusin', e => { this.focused = { element: e.target, article: e.target.closest('article') }; });
    document.addEventListener('pointerdown', this.onPointer = () => { this.focused = undefined; }, true);
    this.removals = new MutationObserver(() => this.keepFocus());
    this.resizes = new ResizeObserver(() => this.settle());
    this.changes = new MutationObserver(() => this.onChildren());
    // The renderer inserts the element before its children.
    queueMicrotask(() => this.begin());
  }

  disconnectedCallback() {
    this.resizes.disconnect();
    this.changes.disconnect();
    this.removals.disconnect();
    document.removeEventListener('pointerdown', this.onPointer, true);
    this.nearTop?.disconnect();
    this.removeEventListener('scroll', this.onScroll);
    this.removeEventListener('keydown', this.onKey);
  }

  begin() {
    const content = this.firstElementChild;
    if (!content || !this.isConnected) {
      return;
    }

    this.content = content;
    this.articles().forEach(article => this.known.add(article.id));
    this.toEnd = this.parentElement.querySelector('[data-to-end]');
    this.toEnd?.addEventListener('click', () => this.goToEnd());
    this.resizes.observe(this);
    this.resizes.observe(content);
    this.changes.observe(content, { childList: true });
    this.removals.observe(content, { childList: true, subtree: true });
    this.nearTop = new IntersectionObserver(entries => this.onTop(entries), { root: this, rootMargin: '600px 0px 0px 0px' });
    this.watchTop();
    if (this.saved) {
      this.restoreFrom(this.saved);
    }

    this.settle();
  }

  articles() {
    return [...this.content.querySelectorAll(':scope > article')];
  }

  distanceToEnd() {
    return this.scrollHeight - this.scrollTop - this.clientHeight;
  }

  onScroll() {
    // Ignores scrolling by settle().
    if (this.settledTop !== undefined && Math.abs(this.scrollTop - this.settledTop) < 1) {
      return;
    }

    this.settledTop = undefined;
    this.isFollowing = this.distanceToEnd() < NEAR_END;
    if (this.isFollowing) {
      this.anchor = undefined;
      this.showToEnd(false);
    } else {
      this.takeAnchor();
    }

    this.remember();
  }

  // Arrow keys move between messages, as in the list of rooms. In a message taller than the view, they scroll to its end first.
  onKey(e) {
    const current = e.target.closest('article');
    if (isOfInputMethod(e) || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || (e.target !== this && e.target !== current)) {
      return;
    }

    const articles = this.articles();
    const view = this.getBoundingClientRect();
    const isCutOff = { ArrowDown: () => current.getBoundingClientRect().bottom > view.bottom + 1, ArrowUp: () => current.getBoundingClientRect().top < view.top - 1 };
    const to = {
      ArrowDown: () => current ? articles[articles.indexOf(current) + 1] : articles.find(a => a.getBoundingClientRect().bottom > view.top + 1),
      ArrowUp: () => current ? articles[articles.indexOf(current) - 1] : articles.findLast(a => a.getBoundingClientRect().top < view.bottom - 1),
      Home: () => articles[0],
      End: () => articles.at(-1),
    }[e.key];
    if (!to || (current && isCutOff[e.key]?.())) {
      return;
    }

    const article = to();
    if (article) {
      e.preventDefault();
      article.tabIndex = -1;
      article.focus({ preventScroll: true });
      article.scrollIntoView({ block: e.key === 'End' ? 'end' : 'nearest' });
    }
  }

  // The focused element is gone (a question was answered or a message was deleted). Keeps the focus nearby, so that it does not
  // return to the beginning of the page.
  keepFocus() {
    const { focused } = this;
    if (!focused || focused.element.isConnected || document.activeElement !== document.body) {
      return;
    }

    const { article } = focused;
    this.focused = undefined;
    if (focused.element.closest('message-editor')) {
      // The editor returns the focus itself.
      return;
    }

    if (article?.isConnected) {
      article.tabIndex = -1;
      article.focus({ preventScroll: true });
    } else {
      this.focus({ preventScroll: true });
    }
  }

  // Remembers the first visible message and its position.
  takeAnchor() {
    const top = this.getBoundingClientRect().top;
    const element = this.articles().find(article => article.getBoundingClientRect().bottom > top + 1);
    this.anchor = element && { element, offset: element.getBoundingClientRect().top - top };
  }

  // Something changed its size: corrects the reader's place before the next paint.
  settle() {
    if (this.isFollowing) {
      this.scrollTop = this.scrollHeight;
    } else if (this.anchor?.element.isConnected) {
      const moved = this.anchor.element.getBoundingClientRect().top - this.getBoundingClientRect().top - this.anchor.offset;
      if (Math.abs(moved) >= 1) {
        this.scrollTop += moved;
      }
    } else {
      this.takeAnchor();
    }

    this.settledTop = this.scrollTop;
  }

  onChildren() {
    const articles = this.articles();
    if (this.saved) {
      this.restoreFrom(this.saved);
    }

    const before = this.known;
    this.known = new Set(articles.map(article => article.id));
    // Counts new messages at the end. Older pages come above known messages.
    let count = 0;
    for (let i = articles.length - 1; i >= 0 && !before.has(articles[i].id); i--) {
      if (!articles[i].classList.contains('own')) {
        count++;
      }
    }

    if (count > 0 && (before.size > 0 || articles.length === count)) {
      document.dispatchEvent(new CustomEvent('chat:arrived', { detail: { count } }));
      this.showToEnd(!this.isFollowing);
    }

    this.watchTop();
    this.settle();
  }

  showToEnd(isShown) {
    if (this.toEnd && this.toEnd.hidden === isShown) {
      this.toEnd.hidden = !isShown;
    }
  }

  goToEnd() {
    this.isFollowing = true;
    this.anchor = undefined;
    this.showToEnd(false);
    this.settle();
    this.remember();
    this.focus({ preventScroll: true });
  }

  // Follows the end again. Called after the person sent a message, which must be seen.
  follow() {
    this.isFollowing = true;
    this.anchor = undefined;
    this.showToEnd(false);
    this.settle();
  }

  watchTop() {
    const button = this.content.querySelector('[data-load-older]');
    if (button !== this.topButton) {
      this.nearTop.disconnect();
      this.topButton = button;
      if (button) {
        this.nearTop.observe(button);
      }
    }
  }

  onTop(entries) {
    // Only if the reader has scrolled up: a short first page must not load the whole history.
    if (!this.isFollowing && entries.some(entry => entry.isIntersecting) && this.topButton && !this.topButton.disabled) {
      this.topButton.click();
      // Observes the button again later, in case it is still near after the page has been loaded.
      const button = this.topButton;
      this.nearTop.unobserve(button);
      setTimeout(() => button.isConnected && this.nearTop.observe(button), 300);
    }
  }

  remember() {
    if (this.isRemembering) {
      return;
    }

    this.isRemembering = true;
    setTimeout(() => {
      this.isRemembering = false;
      const { anchor } = this;
      try {
        if (!this.isFollowing && anchor) {
          sessionStorage.setItem(placeKey(this.dataset.room), JSON.stringify({ id: anchor.element.id, offset: anchor.offset }));
        } else {
          sessionStorage.removeItem(placeKey(this.dataset.room));
        }
      } catch {
        // Storage is forbidden: a reload begins at the end.
      }
    }, 150);
  }

  restore() {
    try {
      const saved = JSON.parse(sessionStorage.getItem(placeKey(this.dataset.room)));
      if (saved) {
        queueMicrotask(() => this.restoreFrom(saved));
      }
    } catch {
      // There is no place to return to.
    }
  }

  restoreFrom(saved) {
    const element = document.getElementById(saved.id);
    this.saved = undefined;
    if (element && this.contains(element)) {
      this.isFollowing = false;
      this.anchor = { element, offset: saved.offset };
      this.settle();
    } else if (!this.content?.querySelector('article')) {
      // The element exists, but its messages are not there yet.
      this.saved = saved;
    } else if (this.searched < MOST_PAGES && this.content.querySelector('[data-load-older]')) {
      this.search(saved);
    } else {
      // The message is gone or too far away.
      this.isFollowing = true;
      this.settle();
    }
  }

  // The place is in an older page. Loads pages one after another until it is found.
  search(saved) {
    this.saved = saved;
    this.isFollowing = false;
    const first = this.articles()[0]?.id;
    if (first !== this.searchedFrom) {
      this.searchedFrom = first;
      this.searched++;
      this.content.querySelector('[data-load-older]').click();
    }
  }
});
