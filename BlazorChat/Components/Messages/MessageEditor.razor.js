// <message-editor> around a textarea with Save and Cancel: keys, height and focus. Typing never waits for the server, which
// gets the text once, when it is saved.
customElements.define('message-editor', class extends HTMLElement {
  connectedCallback() {
    this.before = document.activeElement;
    this.article = this.closest('article');
    // The renderer puts the children in after the element itself.
    queueMicrotask(() => this.begin());
  }

  disconnectedCallback() {
    const { before, article } = this;
    // The focus goes back to where it was, unless it has gone elsewhere by itself; the patch that removes this is not done yet.
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
    // A text past every limit would take the page's connection down on its way: it stays here until it is shorter.
    this.addEventListener('change', e => this.isTooLong() && e.stopPropagation());
    this.addEventListener('click', e => e.target.closest('[data-save]') && this.isTooLong() && e.stopPropagation());
    this.grow();
    // One that came back with the page takes neither the focus nor the place: somebody may write elsewhere by now.
    if (!this.querySelector('kept-open').isBack) {
      this.input.focus({ preventScroll: true });
      this.input.setSelectionRange(this.input.value.length, this.input.value.length);
      this.scrollIntoView({ block: 'nearest' });
    }
  }

  onKey(e) {
    if (e.isComposing || e.keyCode === 229) {
      return;
    }

    if (e.key === 'Escape') {
      e.preventDefault();
      e.stopPropagation();
      this.querySelector('[data-cancel]').click();
    } else if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      // As leaving the field does: the server has the text before it is told to save.
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
      ? `A message can have at most ${limit.toLocaleString('en-US')} characters; this one has ${this.input.value.length.toLocaleString('en-US')}.`
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
