// <table-box>: a table that scrolls sideways if it has to, and a button that copies it as CSV. The button is behind the renderer's nodes.
import { announce } from './announce.js';
import { sayCopied } from './code-blocks.js';
import { write } from './copy.js';
import { word } from './words.js';

const BUTTON = document.createElement('template');
BUTTON.innerHTML = `<button type="button" class="copy-table" data-copy-table><svg class="icon" aria-hidden="true"><use href="#i-copy"/></svg><span data-word>${word('Table_Copy')}</span></button>`;

// Where it has room, its head stays in view while the conversation scrolls. A box that scrolls has a head of its own.
const sizes = new ResizeObserver(entries => {
  for (const box of new Set(entries.map(({ target }) => target.closest('table-box')))) {
    const table = box?.querySelector('table');
    box?.toggleAttribute('data-fits', table !== null && table.offsetWidth <= box.clientWidth);
  }
});

customElements.define('table-box', class extends HTMLElement {
  connectedCallback() {
    // The renderer inserts an element before its children.
    queueMicrotask(() => {
      const table = this.querySelector(':scope > table');
      if (this.isConnected && table) {
        // A message's markup is the same in all languages.
        this.ariaLabel = word('Table_Table');
        if (!this.querySelector('.copy-table')) {
          this.append(BUTTON.content.cloneNode(true));
        }

        sizes.observe(this);
        sizes.observe(table);
      }
    });
  }

  disconnectedCallback() {
    sizes.unobserve(this);
    const table = this.querySelector(':scope > table');
    if (table) {
      sizes.unobserve(table);
    }
  }
});

const textOf = node => node.localName === 'br' ? '\n' : node.nodeType === Node.TEXT_NODE ? node.data : [...node.childNodes].map(textOf).join('');

// What a spreadsheet would take for a formula is text.
const plain = text => /^(?:[=@\t]|[+-](?![\d.]))/.test(text) ? `'${text}` : text;

const field = text => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A table as CSV (RFC 4180). */
export const csvOf = table => [...table.rows].map(row => [...row.cells].map(cell => field(plain(textOf(cell).trim()))).join(',')).join('\r\n');

document.addEventListener('click', async e => {
  const button = e.target.closest?.('[data-copy-table]');
  if (!button) {
    return;
  }

  try {
    await write(csvOf(button.closest('table-box').querySelector('table')));
    announce(word('Copy_Done'));
    sayCopied(button);
  } catch {
    announce(word('Copy_Refused'));
  }
});
