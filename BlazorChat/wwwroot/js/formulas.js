// <tex-inline> and <tex-block>: formulas. Their text is the source, which is what is copied, found and stored; what is drawn of it is in a
// shadow tree, so the renderer's nodes stay as they are. KaTeX is fetched when a formula comes near the view.
const LONGEST = 1000;
const MOST_KNOWN = 300;

// Formulas are drawn for so long at a time; then the page has its turn.
const SLICE = 8;

// Definitions could make thousands of elements of a few characters; addresses and attributes are not trusted.
const REFUSED = /\\(?:[gex]?def|let|futurelet|(?:re)?newcommand|providecommand|global|long|href|url|includegraphics|html[A-Z]\w*)(?![a-zA-Z])/;

const OPTIONS = { throwOnError: true, trust: false, strict: 'ignore', maxExpand: 500, maxSize: 20, output: 'htmlAndMathml' };

const DELIMITERS = [['\\(', '\\)', false], ['\\[', '\\]', true], ['$$', '$$', true], ['$', '$', false]];

// What was drawn, by its source; null for what cannot be drawn. The renderer replaces the elements of a text that grows.
const known = new Map();

const waiting = [];
let library;
let katex;
let sheets;

// A thousand characters can ask for thousands of elements: by cells of a table, or by what is nested.
const MOST_CELLS = 120;
const DEEPEST = 24;

function isLarge(source) {
  let [depth, deepest] = [0, 0];
  for (const [mark] of source.matchAll(/\\.|[{}]/gs)) {
    depth += mark === '{' ? 1 : mark === '}' ? -1 : 0;
    deepest = Math.max(deepest, depth);
  }

  return deepest > DEEPEST || (source.match(/&|\\\\|\\cr/g)?.length ?? 0) > MOST_CELLS || (source.match(/\\(?:begin|left|sqrt|d?frac)/g)?.length ?? 0) > 2 * DEEPEST;
}

// A formula that is still being written has no end yet.
function read(source) {
  if (source.length > LONGEST || REFUSED.test(source) || isLarge(source)) {
    return undefined;
  }

  const environment = /^\\begin(\{[^}]*\})/.exec(source)?.[1];
  if (environment && source.endsWith(`\\end${environment}`)) {
    return { tex: source, displayMode: true };
  }

  const found = DELIMITERS.find(([start, end]) => source.startsWith(start) && source.endsWith(end) && source.length > start.length + end.length);
  return found && { tex: source.slice(found[0].length, -found[1].length), displayMode: found[2] };
}

function sheetOf(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

async function load() {
  const base = new URL('../lib/katex/', import.meta.url);
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL('katex.min.css', base) });
  const isStyled = new Promise((resolve, reject) => Object.assign(link, { onload: resolve, onerror: reject }));
  document.head.append(link);
  try {
    await Promise.all([import(new URL('katex.min.js', base)), isStyled]);
  } catch (error) {
    link.remove();
    throw error;
  }

  // Its fonts count for the whole page, its rules only within a shadow tree.
  const rules = [...link.sheet.cssRules].filter(rule => !(rule instanceof CSSFontFaceRule)).map(rule => rule.cssText).join('\n');
  const host = `:host { padding: 0 !important; background: none !important; font: inherit !important; white-space: normal !important; }
    .katex { font-size: 1.1em; } .katex-display { margin: 0; }`;
  const shared = sheetOf(rules);
  sheets = { false: [shared, sheetOf(host)], true: [shared, sheetOf(`${host} :host { display: block !important; overflow: auto hidden; padding-block: 0.25rem !important; }`)] };
  ({ katex } = globalThis);
}

const views = new IntersectionObserver(entries => entries.forEach(({ target, isIntersecting }) => isIntersecting && target.draw()), { rootMargin: '100% 0px' });

async function drawWaiting() {
  try {
    await (library ??= load());
  } catch {
    // The server is away. The next formula tries it again.
    library = undefined;
    waiting.splice(0).forEach(element => { element.isWaiting = false; });
    return;
  }

  const until = performance.now() + SLICE;
  do {
    const element = waiting.shift();
    element.isWaiting = false;
    if (element.isConnected) {
      make(element.textContent);
      element.draw();
    }
  } while (waiting.length > 0 && performance.now() < until);

  if (waiting.length > 0) {
    setTimeout(drawWaiting);
  }
}

// Keeps what is drawn of a source.
function make(source) {
  if (known.has(source)) {
    return;
  }

  const formula = read(source);
  let result = null;
  if (formula) {
    const holder = document.createElement('span');
    try {
      katex.render(formula.tex, holder, { ...OPTIONS, displayMode: formula.displayMode });
      result = { holder, displayMode: formula.displayMode };
    } catch {
      // It has a mistake, and stays as it was written.
    }
  }

  if (known.size >= MOST_KNOWN) {
    known.delete(known.keys().next().value);
  }

  known.set(source, result);
}

class Formula extends HTMLElement {
  connectedCallback() {
    // The renderer inserts an element before its children.
    queueMicrotask(() => {
      if (this.isConnected) {
        this.changes = new MutationObserver(() => this.draw());
        this.changes.observe(this, { childList: true, characterData: true, subtree: true });
        if (known.has(this.textContent)) {
          this.draw();
        } else if (read(this.textContent)) {
          views.observe(this);
        }
      }
    });
  }

  disconnectedCallback() {
    this.changes?.disconnect();
    views.unobserve(this);
  }

  draw() {
    const source = this.textContent;
    if (source === this.source) {
      return;
    }

    if (known.has(source)) {
      views.unobserve(this);
      this.source = source;
      this.show(known.get(source));
    } else if (!read(source)) {
      this.source = undefined;
      this.show(null);
    } else if (!this.isWaiting) {
      this.isWaiting = true;
      if (waiting.push(this) === 1) {
        drawWaiting();
      }
    }
  }

  show(result) {
    if (result) {
      const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = sheets[result.displayMode];
      shadow.replaceChildren(result.holder.cloneNode(true));
    } else {
      // The source again.
      this.shadowRoot?.replaceChildren(document.createElement('slot'));
      if (this.shadowRoot) {
        this.shadowRoot.adoptedStyleSheets = [];
      }
    }
  }
}

customElements.define('tex-inline', class extends Formula {});
customElements.define('tex-block', class extends Formula {});
