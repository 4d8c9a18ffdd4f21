// <chat-pending>: a link to the newest pending approval, shown only while none of them is in view.
customElements.define('chat-pending', class extends HTMLElement {
  connectedCallback() {
    this.seen = new Set();
    this.sight = new IntersectionObserver(entries => this.onSight(entries));
    this.changes = new MutationObserver(() => this.watch());
    this.changes.observe(this, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-pending'] });
    this.addEventListener('click', this.onClick);
    queueMicrotask(() => this.watch());
  }

  disconnectedCallback() {
    this.sight.disconnect();
    this.changes.disconnect();
    this.articles?.disconnect();
    this.removeEventListener('click', this.onClick);
  }

  link() {
    return this.querySelector('[data-pending]');
  }

  watch() {
    this.sight.disconnect();
    this.articles?.disconnect();
    this.seen.clear();
    const ids = this.link()?.dataset.pending.split(' ') ?? [];
    // A reader who looks at an earlier version of the answer finds the request through the version switch.
    const requests = ids.map(id => document.getElementById(id)).map(a => a?.querySelector('.approval') ?? a?.querySelector('.versions')).filter(Boolean);
    requests.forEach(request => this.sight.observe(request));
    if (ids.length > 0 && requests.length === 0) {
      // It is further up than the page has loaded.
      this.link().hidden = false;
    }
    if (requests.length < ids.length) {
      // The message is still on its way to the page.
      this.articles = new MutationObserver(() => this.watch());
      const log = document.querySelector('chat-log');
      if (log) {
        this.articles.observe(log, { childList: true, subtree: true });
      }
    }
  }

  onSight(entries) {
    if (entries.some(entry => !entry.target.isConnected)) {
      // The watched element has left the page; another one may have replaced it.
      this.watch();
      return;
    }

    for (const { target, isIntersecting } of entries) {
      this.seen[isIntersecting ? 'add' : 'delete'](target);
    }

    const link = this.link();
    if (link) {
      link.hidden = this.seen.size > 0;
    }
  }

  onClick(e) {
    const request = document.getElementById(e.target.closest('[data-pending]')?.hash.slice(1))?.querySelector('.approval');
    if (request) {
      e.preventDefault();
      request.scrollIntoView({ block: 'center' });
      request.querySelector('button')?.focus({ preventScroll: true });
    }
  }
});
