// <code-block>: what a block of code has beside its text: buttons, numbers of its lines, a fold, and colours. The server sends none of it.
// Only attributes are set on nodes that the renderer knows, and other elements are added behind them: it finds its nodes as it left them.
import { announce } from './announce.js';
import { count as counted, word } from './words.js';

const FOLDED_FROM = 31;
const NUMBERED_FROM = 10;

// More numbers than this are of no use to anyone, and drawing them takes longer than drawing the code.
const MOST_NUMBERS = 2000;

// Lines of a block whose lines are wrapped are measured one by one.
const MOST_MEASURED = 500;

const COPIED_FOR = 1600;

const button = (name, icon, text, label, more = '') =>
  `<button type="button" class="code-button" data-code-${name} ${more} aria-label="${label}"><svg class="icon" aria-hidden="true"><use href="#i-${icon}"/></svg><span data-word>${text}</span></button>`;

const BAR = document.createElement('template');
BAR.innerHTML = `<div class="code-bar">${button('wrap', 'wrap', word('Code_Wrap'), word('Code_WrapLines'), 'aria-pressed="false"')}`
  + `${button('download', 'download', word('Code_Download'), word('Code_DownloadCode'))}${button('copy', 'copy', word('Copy_Copy'), word('Code_CopyCode'), 'data-copy-code')}</div>`;

// What a reader chose for a block, for as long as the page is there: the element is replaced when the block or the message is finished.
const chosen = { data_wrap: new Set(), data_open: new Set() };

// Blocks that are being written.
const growing = new Set();

// The colours, when the first block comes whose language is known.
let colours;

const countOf = text => {
  let count = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    count++;
  }

  return count;
};

customElements.define('code-block', class CodeBlock extends HTMLElement {
  connectedCallback() {
    // The renderer inserts an element before its children.
    queueMicrotask(() => this.isConnected && this.update());
  }

  disconnectedCallback() {
    growing.delete(this);
    this.sizes?.disconnect();
    this.sizes = undefined;
    this.paint?.end();
    this.paint = undefined;
  }

  get pre() {
    return this.querySelector(':scope > pre');
  }

  /** The code, as it was written. */
  get text() {
    return this.pre?.textContent ?? '';
  }

  get language() {
    return /(?:^| )language-(\S+)/.exec(this.pre?.firstElementChild?.className ?? '')?.[1]?.toLowerCase();
  }

  // Whether more of it may come: it is the end of an answer that is being written.
  get isGrowing() {
    const blocks = this.closest('article[aria-busy] .blocks:not(.settled)');
    for (let node = this; blocks && node !== blocks; node = node.parentElement) {
      if (node.nextElementSibling && !node.nextElementSibling.matches('.code-more')) {
        return false;
      }
    }

    return blocks !== null;
  }

  /** Whether all of it that can be is coloured, or nothing of it ever will be. */
  get isColoured() {
    return this.paint?.isDone ?? false;
  }

  // The same block in the element that takes this one's place.
  get key() {
    const article = this.closest('article');
    return `${article?.id} ${[...article?.querySelectorAll('code-block') ?? []].indexOf(this)}`;
  }

  has(choice) {
    return chosen[choice].has(this.key);
  }

  choose(choice, isOn) {
    chosen[choice][isOn ? 'add' : 'delete'](this.key);
    this.update();
  }

  update() {
    const { pre, isGrowing } = this;
    if (!pre) {
      return;
    }

    growing[isGrowing ? 'add' : 'delete'](this);
    const head = this.querySelector(':scope > .code-head');
    if (head && !head.querySelector('.code-bar')) {
      head.append(BAR.content.cloneNode(true));
    }

    const { text } = this;
    const count = countOf(text);
    this.lineCount = count;
    if (chosen.data_wrap.size > 0 || this.hasAttribute('data-wrap')) {
      const isWrapped = this.has('data_wrap');
      this.toggleAttribute('data-wrap', isWrapped);
      head?.querySelector('[data-code-wrap]').setAttribute('aria-pressed', isWrapped);
    }

    this.fold(count, isGrowing);
    this.number(text, count);
    this.colour(isGrowing);
  }

  fold(count, isGrowing) {
    const canFold = count >= FOLDED_FROM && !isGrowing;
    let more = this.querySelector(':scope > .code-more');
    if (!canFold) {
      more?.remove();
      this.removeAttribute('data-folded');
      return;
    }

    if (!more) {
      // Whoever reads in a block that is now finished goes on reading.
      if (this.closest('article[aria-busy]') && this.closest('chat-log')?.isFollowing === false && this.isInView()) {
        chosen.data_open.add(this.key);
      }

      more = document.createElement('button');
      more.type = 'button';
      more.className = 'code-more';
      this.append(more);
      // What is found on the page is shown.
      this.pre.addEventListener('scroll', () => this.hasAttribute('data-folded') && this.pre.scrollTop > 0 && this.choose('data_open', true), { passive: true });
    }

    const isOpen = this.has('data_open');
    this.toggleAttribute('data-folded', !isOpen);
    more.setAttribute('aria-expanded', isOpen);
    more.textContent = isOpen ? word('Fold_Less') : counted('Code_ShowAll', count);
  }

  isInView() {
    const { top, bottom } = this.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }

  // The numbers are the content of a pseudo-element: nobody can select, find or copy them.
  number(text, count) {
    const { pre } = this;
    const isWrapped = this.hasAttribute('data-wrap');
    const isNumbered = count >= NUMBERED_FROM && count <= (isWrapped ? MOST_MEASURED : MOST_NUMBERS);
    if (isWrapped && isNumbered && !this.sizes) {
      this.sizes = new ResizeObserver(() => this.number(this.text, countOf(this.text)));
      this.sizes.observe(pre);
    } else if (!isWrapped && this.sizes) {
      this.sizes.disconnect();
      this.sizes = undefined;
    }

    if (!isNumbered) {
      this.removeAttribute('data-digits');
      this.removeAttribute('data-lines');
      return;
    }

    // First, because the room that they take decides how lines are wrapped.
    this.change('data-digits', Math.max(2, String(count).length));
    this.change('data-lines', (isWrapped ? this.numbersOfWrapped(text) : Array.from({ length: count }, (_, i) => i + 1)).join('\n'));
  }

  change(name, value) {
    if (this.getAttribute(name) !== String(value)) {
      this.setAttribute(name, value);
    }
  }

  numbersOfWrapped(text) {
    const code = this.pre.firstElementChild;
    const height = parseFloat(getComputedStyle(code).lineHeight);
    const range = document.createRange();
    const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    let before = 0;
    const go = (offset, set) => {
      while (offset > before + node.length) {
        before += node.length;
        node = walker.nextNode();
      }

      set.call(range, node, offset - before);
    };
    const numbers = [];
    for (let at = 0, number = 1; at < text.length; number++) {
      const end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
      go(at, range.setStart);
      go(end, range.setEnd);
      numbers.push(number + '\n'.repeat(Math.max(0, Math.round(range.getBoundingClientRect().height / height) - 1)));
      at = end + 1;
    }

    return numbers;
  }

  async colour(isGrowing) {
    const { language } = this;
    if (!language || !globalThis.Highlight || !CSS.highlights) {
      return;
    }

    // At once, if they are there: an element that takes the place of another one must not blink.
    if (!colours) {
      try {
        const { grammarOf } = await import('./code-languages.js');
        if (!grammarOf(language)) {
          return;
        }

        colours ??= await import('./code-colours.js');
      } catch {
        // The server is away. Code stays as it is until the page is loaded again.
        return;
      }
    }

    if (this.isConnected) {
      this.paint ??= colours.paint(this);
      this.paint?.show(this.text, isGrowing);
    }
  }
});

// After each change by the renderer.
document.addEventListener('chat:rendered', () => growing.forEach(block => block.update()));

async function download(block) {
  const { fileOf } = await import('./code-languages.js');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${block.text.replace(/\n+$/, '')}\n`], { type: 'text/plain;charset=utf-8' }));
  link.download = fileOf(block.language);
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Says on a button that its work is done, for a moment. */
export function sayCopied(button) {
  const text = button.querySelector('[data-word]');
  clearTimeout(button.copied);
  button.classList.add('copied');
  if (text) {
    button.was ??= text.textContent;
    text.textContent = word('Copy_Done');
  }

  button.copied = setTimeout(() => {
    button.classList.remove('copied');
    if (text) {
      text.textContent = button.was;
    }
  }, COPIED_FOR);
}

document.addEventListener('click', e => {
  const block = e.target.closest?.('code-block');
  const pressed = block && e.target.closest('button');
  if (!pressed) {
    return;
  }

  if (pressed.matches('.code-more')) {
    block.choose('data_open', !block.has('data_open'));
    if (!block.has('data_open')) {
      block.scrollIntoView({ block: 'nearest' });
    }
  } else if (pressed.matches('[data-code-wrap]')) {
    block.choose('data_wrap', !block.has('data_wrap'));
    announce(block.has('data_wrap') ? word('Code_Wrapped') : word('Code_NotWrapped'));
  } else if (pressed.matches('[data-code-download]')) {
    download(block);
  }
});
