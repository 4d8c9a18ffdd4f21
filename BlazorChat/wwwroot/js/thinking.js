// While an answer is being written and nothing comes for a while, its line says for how long. A clock of the browser: nothing is sent for it.
import { word } from './words.js';

// Seconds of silence that are nothing special.
const QUIET = 3;

// For messages.css: what stands where an answer begins, and (--silent, below) what follows its text.
document.documentElement.style.setProperty('--thinking', JSON.stringify(word('Thinking_Now')));

/** Watches a conversation for answers that are silent. */
export class Thinking {
  constructor() {
    this.since = new WeakMap();
    this.changes = new MutationObserver(records => records.forEach(({ target }) => this.hear(target)));
  }

  observe(content) {
    this.content = content;
    this.changes.observe(content, { childList: true, characterData: true, subtree: true });
    document.addEventListener('visibilitychange', this.onShown);
    this.look();
  }

  disconnect() {
    this.changes.disconnect();
    document.removeEventListener('visibilitychange', this.onShown);
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  busy() {
    return this.content.querySelectorAll(':scope > article[aria-busy]');
  }

  hear(target) {
    const article = (target.closest ? target : target.parentElement)?.closest('article[aria-busy]');
    if (article) {
      this.since.set(article, performance.now());
      this.say(article, 0);
    }

    this.timer ??= setTimeout(() => this.look());
  }

  look() {
    const busy = this.busy();
    const now = performance.now();
    for (const article of busy) {
      if (!this.since.has(article)) {
        this.since.set(article, now);
      }

      this.say(article, Math.floor((now - this.since.get(article)) / 1000));
    }

    this.timer = busy.length > 0 ? setTimeout(() => this.look(), 1000) : undefined;
  }

  // Its element is the renderer's, which sets neither of these.
  say(article, seconds) {
    const isQuiet = seconds >= QUIET;
    if (isQuiet) {
      article.style.setProperty('--silent', JSON.stringify(word('Thinking_For', seconds)));
    }

    article.toggleAttribute('data-silent', isQuiet);
  }

  // What came while nobody looked came late.
  onShown = () => {
    if (!document.hidden) {
      this.busy().forEach(article => this.since.set(article, performance.now()));
    }
  };
}
