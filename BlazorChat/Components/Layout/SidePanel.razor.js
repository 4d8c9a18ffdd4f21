// <panel-host> around a panel at the end of the page. Where the panel covers the page, nothing behind it can be used, and a click beside
// it closes it. Its head has a line while something is scrolled below it.
import { focused } from '../../js/kept.js';
import { focusAgain } from './Modal.razor.js';

const covers = matchMedia('(width < 75rem)');
const BEHIND = '.sidebar, .room-main, .skip';

customElements.define('panel-host', class extends HTMLElement {
  connectedCallback() {
    this.before = document.activeElement;
    this.addEventListener('click', e => {
      if (e.target.matches('[data-scrim]')) {
        this.querySelector('[data-close]').click();
      }
    });
    // Scroll events do not bubble.
    this.addEventListener('scroll', e => e.target.matches('.panel') && e.target.toggleAttribute('data-scrolled', e.target.scrollTop > 0), true);
    covers.addEventListener('change', this.cover);
    // The renderer inserts the element before its children.
    queueMicrotask(() => {
      document.dispatchEvent(new CustomEvent('chat:panel'));
      if ((covers.matches || this.dataset.focus !== undefined) && !focused()) {
        this.querySelector('h2')?.focus({ preventScroll: true });
      }

      this.cover();
    });
  }

  disconnectedCallback() {
    covers.removeEventListener('change', this.cover);
    queueMicrotask(() => {
      document.dispatchEvent(new CustomEvent('chat:panel'));
      // Another panel may have taken its place.
      if (!document.querySelector('panel-host')) {
        for (const behind of document.querySelectorAll(BEHIND)) {
          behind.inert = false;
        }

        if (document.activeElement === document.body) {
          focusAgain(this.before);
        }
      }
    });
  }

  cover = () => {
    for (const behind of document.querySelectorAll(BEHIND)) {
      behind.inert = this.isConnected && covers.matches;
    }
  };
});

// <panel-tabs> around the tabs of a panel, which name what they show in aria-controls. Which one was shown is kept for the next time.
const CHOSEN = 'blazorchat:panel-tab';

function chosen() {
  try {
    return sessionStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}

customElements.define('panel-tabs', class extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', e => this.choose(e.target.closest('[role=tab]')));
    this.addEventListener('keydown', e => {
      const { tabs } = this;
      const at = tabs.indexOf(e.target);
      const isRtl = getComputedStyle(this).direction === 'rtl';
      const to = { ArrowRight: at + (isRtl ? -1 : 1), ArrowLeft: at + (isRtl ? 1 : -1), Home: 0, End: tabs.length - 1 }[e.key];
      if (at >= 0 && to !== undefined) {
        e.preventDefault();
        const tab = tabs.at(to % tabs.length);
        this.choose(tab);
        tab.focus();
      }
    });
    queueMicrotask(() => this.show(this.tabs.find(tab => tab.id === chosen()) ?? this.tabs[0]));
  }

  get tabs() {
    return [...this.querySelectorAll('[role=tab]')];
  }

  choose(tab) {
    if (tab) {
      this.show(tab);
      this.closest('.panel').scrollTop = 0;
      try {
        sessionStorage.setItem(CHOSEN, tab.id);
      } catch {
        // Storage is forbidden: the first one is shown the next time.
      }
    }
  }

  show(shown) {
    for (const tab of this.tabs) {
      tab.ariaSelected = String(tab === shown);
      tab.tabIndex = tab === shown ? 0 : -1;
      const content = document.getElementById(tab.getAttribute('aria-controls'));
      if (content) {
        content.hidden = tab !== shown;
      }
    }
  }
});
