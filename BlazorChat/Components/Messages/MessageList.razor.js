// <chat-log>: the scrolling conversation. It follows the end while the reader is there. Otherwise it keeps the reader's place exactly
// where it is, whatever grows, arrives or is loaded above or below. A question that is sent here goes to the top, and its answer grows below
// it into an empty space (--below) as high as the rest of the view, so that nothing scrolls by itself. It measures after layout and before
// paint (ResizeObserver), so nothing jumps. The browser's own scroll anchoring is off, because it would do the same work twice.
import { announce } from '../../js/announce.js';
import { isEarly } from '../../js/first-clicks.js';
import { Folds } from '../../js/folds.js';
import { isOfInputMethod } from '../../js/keys.js';
import { Thinking } from '../../js/thinking.js';
import { number, word } from '../../js/words.js';

const NEAR_END = 48;

// A message of which so many pixels are in view is not new any more.
const SEEN = 48;

// The most pages of older messages that are loaded automatically to find the reader's place again.
const MOST_PAGES = 20;

// Events of scrolling by the reader. The scroll event itself also fires when content grows.
const SCROLLS = ['wheel', 'touchmove', 'keydown', 'pointerdown'];

// Where a message that a link leads to begins, below the upper edge.
const LINK_OFFSET = 24;

const linked = () => /^#(m-[0-9a-f]{32})$/.exec(location.hash)?.[1];

// The address that has led to its message already: after that, the reader's own place counts.
let opened;

const isReload = performance.getEntriesByType('navigation')[0]?.type === 'reload';

const placeKey = room => `blazorchat:place:${room}`;

customElements.define('chat-log', class extends HTMLElement {
  connectedCallback() {
    this.isFollowing = true;
    this.searched = 0;
    this.unseen = [];
    this.below = 0;
    this.known = new Set();
    this.restore();
    this.addEventListener('scroll', this.onScroll, { passive: true });
    this.addEventListener('keydown', this.onKey);
    // A reader who scrolls has found a place of their own.
    SCROLLS.forEach(type => this.addEventListener(type, () => {
      this.saved = undefined;
      opened = location.href;
    }, { passive: true }));
    this.addEventListener('click', e => this.onReply(e));
    addEventListener('hashchange', this.onHash = () => this.goToLink());
    addEventListener('pagehide', this.onLeave = () => this.savePlace());
    document.addEventListener('keydown', this.onTab = e => this.leaveByTab(e), true);
    this.addEventListener('focusin', e => { this.focused = { element: e.target, article: e.target.closest('article') }; });
    document.addEventListener('pointerdown', this.onPointer = () => { this.focused = undefined; }, true);
    this.removals = new MutationObserver(() => this.keepFocus());
    this.resizes = new ResizeObserver(() => this.settle());
    this.changes = new MutationObserver(() => this.onChildren());
    this.folds = new Folds(this);
    this.thinking = new Thinking();
    // The renderer inserts the element before its children.
    queueMicrotask(() => this.begin());
  }

  disconnectedCallback() {
    this.resizes.disconnect();
    this.changes.disconnect();
    this.removals.disconnect();
    this.folds.disconnect();
    this.thinking.disconnect();
    document.removeEventListener('pointerdown', this.onPointer, true);
    document.removeEventListener('keydown', this.onTab, true);
    removeEventListener('hashchange', this.onHash);
    removeEventListener('pagehide', this.onLeave);
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
    this.toEndLabel = this.toEnd?.title;
    this.toEnd?.addEventListener('click', () => this.goToEnd());
    this.resizes.observe(this);
    this.resizes.observe(content);
    this.changes.observe(content, { childList: true });
    this.removals.observe(content, { childList: true, subtree: true });
    this.nearTop = new IntersectionObserver(entries => this.onTop(entries), { root: this, rootMargin: '600px 0px 0px 0px' });
    this.folds.observe(content);
    this.thinking.observe(content);
    this.watchTop();
    if (this.saved) {
      this.restoreFrom(this.saved);
    }

    this.settle();
  }

  articles() {
    return [...this.content.querySelectorAll(':scope > article')];
  }

  // To the end of the text, without the empty space below it.
  distanceToEnd() {
    return this.scrollHeight - this.below - this.scrollTop - this.clientHeight;
  }

  onScroll() {
    // Ignores scrolling by settle().
    if (this.settledTop !== undefined && Math.abs(this.scrollTop - this.settledTop) < 1) {
      return;
    }

    // So is what the browser does when there is less to scroll, such as when a message takes the place of the one that was on its way.
    const isAtEdge = this.scrollTop + this.clientHeight > this.scrollHeight - 1;
    if (this.asked?.isHeld && isAtEdge && this.scrollTop < this.settledTop) {
      this.settle();
      return;
    }

    this.settledTop = undefined;
    this.isFollowing = this.below === 0 && this.distanceToEnd() < NEAR_END;
    if (this.asked) {
      this.asked.isHeld = false;
    }

    if (this.isFollowing) {
      this.anchor = undefined;
    } else {
      this.takeAnchor();
    }

    this.showToEnd();
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

  // How far a message is below the upper edge.
  offsetOf(element) {
    return element.getBoundingClientRect().top - this.getBoundingClientRect().top;
  }

  // Puts a message there, for a reader who changed its size.
  putAt(element, offset) {
    this.isFollowing = false;
    this.anchor = { element, offset };
    this.settle();
    this.takeAnchor();
  }

  // Something changed its size: corrects the reader's place before the next paint.
  settle() {
    this.holdQuestion();
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
    this.showToEnd();
  }

  // The log is one stop of the Tab key. Arrow keys choose a message, whose buttons and links are the next stops.
  leaveByTab(e) {
    if (e.key !== 'Tab' || e.ctrlKey || e.altKey || e.metaKey || !this.content) {
      return;
    }

    const current = this.contains(document.activeElement) ? document.activeElement.closest('article') : null;
    const skipped = [...this.content.children].filter(child => child !== current && !child.contains(document.activeElement) && child.dataset.unsent === undefined);
    // Only while the browser looks for the next stop.
    skipped.forEach(child => { child.inert = true; });
    setTimeout(() => skipped.forEach(child => { child.inert = false; }));
  }

  onChildren() {
    const articles = this.articles();
    if (this.saved) {
      this.restoreFrom(this.saved);
    }

    const before = this.known;
    this.known = new Set(articles.map(article => article.id));
    // Counts new messages at the end. Older pages come above known messages.
    const arrived = [];
    for (let i = articles.length - 1; i >= 0 && !before.has(articles[i].id); i--) {
      if (!articles[i].classList.contains('own')) {
        arrived.push(articles[i]);
      }
    }

    const count = arrived.length;
    if (count > 0 && (before.size > 0 || articles.length === count)) {
      document.dispatchEvent(new CustomEvent('chat:arrived', { detail: { count } }));
      this.unseen.push(...arrived);
    }

    this.watchTop();
    this.settle();
  }

  // The way back down, with the number of messages that came meanwhile.
  showToEnd() {
    const isAtEnd = this.isFollowing || this.distanceToEnd() < NEAR_END;
    const { bottom } = this.getBoundingClientRect();
    this.unseen = isAtEnd ? [] : this.unseen.filter(article => article.isConnected && article.getBoundingClientRect().top > bottom - SEEN);
    const { length } = this.unseen;
    if (!this.toEnd || (this.toEnd.hidden === isAtEnd && this.shownCount === length)) {
      return;
    }

    this.toEnd.hidden = isAtEnd;
    this.shownCount = length;
    const count = this.toEnd.querySelector('[data-new]');
    count.hidden = length === 0;
    count.textContent = length > 99 ? '99+' : length;
    this.toEnd.ariaLabel = this.toEnd.title = length > 0 ? word('Log_New', number(length)) : this.toEndLabel;
  }

  goToEnd() {
    this.asked = undefined;
    this.isFollowing = true;
    this.anchor = undefined;
    this.settle();
    this.remember();
    this.focus({ preventScroll: true });
  }

  // The person sends a message, which must be seen: it goes to the top as soon as it is here.
  lead() {
    this.asked = { last: this.ownArticles().at(-1), isHeld: true };
    this.isFollowing = true;
    this.anchor = undefined;
    this.settle();
    this.remember();
  }

  ownArticles() {
    return [...this.content?.querySelectorAll(':scope > article.own') ?? []];
  }

  // While it is on its way, then as it is shown to everyone.
  findQuestion() {
    const pending = this.content?.querySelector('[data-unsent]')?.lastElementChild;
    const own = this.ownArticles().at(-1);
    return pending ?? (own === this.asked.last ? null : own);
  }

  holdQuestion() {
    const question = this.asked && this.findQuestion();
    let below = 0;
    if (question) {
      const used = this.content.getBoundingClientRect().bottom - question.getBoundingClientRect().top;
      below = Math.max(0, Math.floor(this.clientHeight - LINK_OFFSET - used));
      if (this.asked.isHeld) {
        this.isFollowing = false;
        this.anchor = { element: question, offset: LINK_OFFSET };
      }
    }

    if (below !== this.below) {
      this.below = below;
      this.style.setProperty('--below', `${below}px`);
    }

    // What is on its way is followed by its message.
    if (question?.localName === 'article' && below === 0) {
      this.endHold(question);
    }
  }

  // The view is full. If that is the answer, the place is kept as any other: it is read from its beginning. If the answer was seen as a
  // whole, and what others write has filled the rest, the conversation goes on as for everyone else.
  endHold(question) {
    const isHeld = this.asked.isHeld;
    this.asked = undefined;
    const after = this.articles();
    after.splice(0, after.indexOf(question) + 1);
    const others = after.findIndex(article => !article.classList.contains('assistant'));
    if (isHeld && others > 0 && !after.slice(0, others).some(article => article.ariaBusy === 'true' || article.querySelector('.approval'))) {
      this.isFollowing = true;
      this.anchor = undefined;
    }
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
    if (!this.isFollowing && !this.asked && entries.some(entry => entry.isIntersecting) && this.topButton && !this.topButton.disabled) {
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
      if (this.isRemembering) {
        this.savePlace();
      }
    }, 150);
  }

  savePlace() {
    if (!this.isRemembering) {
      return;
    }

    this.isRemembering = false;
    const { anchor } = this;
    if (!this.isFollowing && anchor?.element.id === '') {
      // What was sent is still on its way: its message will be the place.
      this.remember();
    }

    try {
      if (!this.isFollowing && anchor?.element.id) {
        sessionStorage.setItem(placeKey(this.dataset.room), JSON.stringify({ id: anchor.element.id, offset: anchor.offset }));
      } else {
        sessionStorage.removeItem(placeKey(this.dataset.room));
      }
    } catch {
      // Storage is forbidden: a reload begins at the end.
    }
  }

  restore() {
    let saved;
    try {
      saved = JSON.parse(sessionStorage.getItem(placeKey(this.dataset.room)));
    } catch {
      // There is no place to return to.
    }

    if (linked() && opened !== location.href && !(isReload && saved)) {
      saved = { id: linked(), offset: LINK_OFFSET, isLink: true };
    }

    if (saved) {
      queueMicrotask(() => this.restoreFrom(saved));
    }
  }

  // The way from an answer to its question, without another entry in the history.
  onReply(e) {
    const link = e.target.closest('a.reply');
    if (!link || isEarly() || e.ctrlKey || e.metaKey || e.shiftKey) {
      return;
    }

    e.preventDefault();
    history.replaceState(history.state, '', link.href);
    this.goToLink();
  }

  goToLink() {
    if (linked()) {
      this.searched = 0;
      this.searchedFrom = undefined;
      this.restoreFrom({ id: linked(), offset: LINK_OFFSET, isLink: true });
    }
  }

  // The message that a link leads to.
  showLinked(element) {
    this.content?.querySelectorAll('.linked').forEach(other => other.classList.remove('linked'));
    element.classList.add('linked');
    if (!isEarly()) {
      opened = location.href;
      this.remember();
    }

    const { activeElement } = document;
    if (activeElement === document.body || (activeElement.id === 'message' && activeElement.value === '')) {
      element.tabIndex = -1;
      element.focus({ preventScroll: true });
    }
  }

  restoreFrom(saved) {
    const element = document.getElementById(saved.id);
    this.saved = undefined;
    this.asked = undefined;
    if (element && this.contains(element)) {
      this.isFollowing = false;
      this.anchor = { element, offset: saved.offset };
      this.settle();
      if (saved.isLink) {
        this.showLinked(element);
      } else if (this.distanceToEnd() < 1) {
        this.isFollowing = true;
      }
    } else if (!this.content?.querySelector('article')) {
      // The element exists, but its messages are not there yet.
      this.saved = saved;
    } else if (this.searched < MOST_PAGES && this.content.querySelector('[data-load-older]')) {
      this.search(saved);
    } else {
      // The message is gone or too far away.
      this.isFollowing = true;
      this.settle();
      if (saved.isLink && !isEarly()) {
        opened = location.href;
        announce(word('Log_NotHere'));
      }
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
