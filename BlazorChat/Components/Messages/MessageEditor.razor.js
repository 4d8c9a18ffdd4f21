// <message-editor> around a textarea with Save and Cancel: handles keys, height and focus. Typing never waits for the server, which
// gets the text only when it is saved.
import { isOfInputMethod } from '../../js/keys.js';
import { number, word } from '../../js/words.js';

customElements.define('message-editor', class extends HTMLElement {
  connectedCallback() {
    this.before = document.activeElement;
    this.article = this.closest('article');
    // The renderer inserts the element before its children.
    queueMicrotask(() => this.begin());
  }

  disconnectedCallback() {
    const { before, article } = this;
    // Returns the focus, unless it has moved elsewhere by itself. Waits, because the renderer is still removing this element.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) {
        const target = before?.isConnected && before !== document.body && before.checkVisibility() ? before : article;
        if (target?.isConnected) {
          if (target === article) {
            article.tabIndex = -1;
          }

          target.focus({ preventScroll: true });
        }
      }
    });
  }

  begin() {
    this.input = this.querySelector('textarea');
    if (!this.input || !this.isConnected) {
      return;
    }

    this.input.addEventListener('input', () => this.grow());
    this.addEventListener('keydown', e => this.onKey(e));
    // A text beyond the hub's limit would break the page's connection, so a text that is too long is not sent.
    this.addEventListener('change', e => this.isTooLong() && e.stopPropagation());
    this.addEventListener('click', e => e.target.closest('[data-save]') && this.isTooLong() && e.stopPropagation());
    this.grow();
    // An editor that came back with the page neither takes the focus nor scrolls: the person may be writing elsewhere by now.
    if (!this.querySelector('kept-open').isBack) {
      this.input.focus({ preventScroll: true });
      this.input.setSelectionRange(this.input.value.length, this.input.value.length);
      this.scrollIntoView({ block: 'nearest' });
    }
  }

  onKey(e) {
    if (isOfInputMethod(e)) {
      return;
    }

    if (e.key === 'Escape') {
      e.preventDefault();
      e.stopPropagation();
      this.querySelector('[data-cancel]').click();
    } else if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      // The same event as when the field is left, so that the server has the text before it saves.
      this.input.dispatchEvent(new Event('change', { bubbles: true }));
      this.querySelector('[data-save]').click();
    }
  }

  isTooLong() {
    return this.input.value.length > Number(this.dataset.limit);
  }

  grow() {
    const limit = Number(this.dataset.limit);
    const problem = this.isTooLong()
      ? word('Editor_TooLong', number(limit), number(this.input.value.length))
      : '';
    const line = this.querySelector('[data-too-long]');
    if (line.textContent !== problem) {
      line.textContent = problem;
    }

    this.input.setAttribute('aria-invalid', String(this.isTooLong()));
    if (!CSS.supports('field-sizing', 'content')) {
      this.input.style.height = 'auto';
      this.input.style.height = `${this.input.scrollHeight + 2}px`;
    }
  }
});
