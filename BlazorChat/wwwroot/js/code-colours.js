// Colors code without touching its nodes (CSS Custom Highlight API): ranges over the text that is there are painted as the style sheet says.
// Nodes belong to the renderer, which would lose its way among elements that it has not made. Only what is in view has ranges: the
// browser looks at all of them whenever the page changes.
import { grammarOf } from './code-languages.js';

// In the order of the worker's numbers, from 1. Variables have the color of the text.
const KINDS = ['keyword', 'string', 'number', 'comment', 'type', 'function', 'punctuation'];

// Longer code stays as it is.
const LONGEST = 50_000;

// Reading a text must take no longer: then the worker is ended, and the text stays as it is.
const READ_WITHIN = 1500;

// A block that grows is read again at most so often, and less often the longer it takes.
const LEAST_PAUSE = 150;
const PAUSE_PER_READING = 4;

// Ranges of a block at a time, and lines around what is in view.
const MOST_RANGES = 2500;
const LINES_AROUND = 60;
const LINES_PER_STEP = 40;

const MOST_KNOWN = 40;

const highlights = KINDS.map(kind => {
  const highlight = new Highlight();
  CSS.highlights.set(`code-${kind}`, highlight);
  return highlight;
});

// The newest results: the element of a block is replaced when it is finished, and its colors must not blink.
const known = [];

const waiting = [];
let worker;
let current;
let timer;
let lastId = 0;

function readNext() {
  if (current || waiting.length === 0) {
    return;
  }

  if (!worker) {
    worker = new Worker(new URL('./code-colours-worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => data.id === current?.id && onRead(data);
    worker.onerror = () => endWorker();
  }

  current = waiting.shift();
  worker.postMessage({ id: current.id, grammar: current.grammar, text: current.text });
}

function onRead({ isReading, pieces }) {
  if (isReading) {
    current.since = performance.now();
    timer = setTimeout(endWorker, READ_WITHIN);
    return;
  }

  clearTimeout(timer);
  const { grammar, text, done, since } = current;
  current = undefined;
  if (pieces) {
    known.unshift({ grammar, text, pieces });
    known.length = Math.min(known.length, MOST_KNOWN);
  }

  done(pieces, performance.now() - since);
  readNext();
}

function endWorker() {
  clearTimeout(timer);
  worker?.terminate();
  worker = undefined;
  const was = current;
  current = undefined;
  if (was) {
    // Not again.
    known.unshift({ grammar: was.grammar, text: was.text, pieces: new Int32Array() });
    was.done(null, READ_WITHIN);
  }

  readNext();
}

// What is known of a text, or of its beginning.
const knownOf = (grammar, text) => known
  .filter(other => other.grammar === grammar && text.startsWith(other.text))
  .reduce((best, other) => !best || other.text.length > best.text.length ? other : best, undefined);

const blocks = new Set();

const views = new IntersectionObserver(entries => entries.forEach(({ target, isIntersecting }) => {
  const paint = target.paint;
  if (paint) {
    paint.isInView = isIntersecting;
    paint.read();
    paint.draw();
  }
}), { rootMargin: '50% 0px' });

let isDrawing = false;
document.addEventListener('scroll', () => {
  if (!isDrawing) {
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      blocks.forEach(paint => paint.isInView && paint.isLong && paint.draw());
    });
  }
}, { capture: true, passive: true });

class Paint {
  pieces = new Int32Array();
  ranges = [];
  isInView = false;

  constructor(block, grammar) {
    this.block = block;
    this.grammar = grammar;
    blocks.add(this);
    views.observe(block);
  }

  get isLong() {
    return this.pieces.length > 3 * MOST_RANGES / 4;
  }

  get isDone() {
    return this.readText === this.wanted;
  }

  end() {
    views.unobserve(this.block);
    blocks.delete(this);
    clearTimeout(this.pause);
    this.isOver = true;
    this.clear();
  }

  show(text, isGrowing) {
    // A line is colored when it is complete.
    const wanted = isGrowing ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
    if (wanted === this.wanted) {
      return;
    }

    this.wanted = wanted.length <= LONGEST ? wanted : '';
    const result = knownOf(this.grammar, this.wanted);
    if (result && result.pieces !== this.pieces && result.text.length > (this.readText?.length ?? 0)) {
      this.take(result.text, result.pieces);
    }

    this.read();
  }

  read() {
    if (!this.isInView || this.isReading || this.pause || this.isOver || !this.wanted || this.readText === this.wanted) {
      return;
    }

    this.isReading = true;
    const text = this.wanted;
    waiting.push({
      id: ++lastId,
      grammar: this.grammar,
      text,
      done: (pieces, took) => {
        this.isReading = false;
        if (this.isOver) {
          return;
        }

        if (pieces) {
          this.take(text, pieces);
        } else {
          this.readText = text;
        }

        this.pause = setTimeout(() => {
          this.pause = undefined;
          this.read();
        }, Math.max(LEAST_PAUSE, PAUSE_PER_READING * took));
      },
    });
    readNext();
  }

  take(text, pieces) {
    this.readText = text;
    this.pieces = pieces;
    this.drawn = undefined;
    this.draw();
  }

  clear() {
    for (const { highlight, range } of this.ranges) {
      highlight.delete(range);
    }

    this.ranges = [];
    this.drawn = undefined;
  }

  // From which to which character, in steps, so that scrolling seldom changes anything.
  window() {
    const { readText: text, block } = this;
    if (!this.isLong) {
      return [0, text.length];
    }

    const { top, height } = block.pre.firstElementChild.getBoundingClientRect();
    const lines = block.lineCount;
    const perLine = height / lines;
    const lineAt = (y, round) => round((y - top) / perLine / LINES_PER_STEP) * LINES_PER_STEP;
    const [first, last] = [lineAt(0, Math.floor) - LINES_AROUND, lineAt(innerHeight, Math.ceil) + LINES_AROUND];
    let [line, at, from] = [0, 0, 0];
    while (at < text.length && line < last) {
      if (line === first) {
        from = at;
      }

      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end + 1;
      line++;
    }

    return [first >= line ? at : from, at];
  }

  draw() {
    if (!this.isInView || this.pieces.length === 0) {
      this.clear();
      return;
    }

    const [from, to] = this.window();
    if (this.drawn === `${from} ${to}`) {
      return;
    }

    this.clear();
    this.drawn = `${from} ${to}`;
    const { pieces } = this;
    const walker = document.createTreeWalker(this.block.pre.firstElementChild, NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    let before = 0;
    const go = offset => {
      while (node && offset > before + node.length) {
        before += node.length;
        node = walker.nextNode();
      }

      return node && { container: node, offset: offset - before };
    };
    for (let i = 0, count = 0; i < pieces.length && pieces[i] < to && count < MOST_RANGES; i += 3) {
      if (pieces[i + 1] <= from) {
        continue;
      }

      const start = go(pieces[i]);
      const end = go(pieces[i + 1]);
      if (!end) {
        break;
      }

      const range = new StaticRange({ startContainer: start.container, startOffset: start.offset, endContainer: end.container, endOffset: end.offset });
      const highlight = highlights[pieces[i + 2] - 1];
      highlight.add(range);
      this.ranges.push({ highlight, range });
      count++;
    }
  }
}

/** Colors a block from now on, until it is ended; undefined if nobody knows its language. */
export function paint(block) {
  const grammar = grammarOf(block.language);
  return grammar ? new Paint(block, grammar) : undefined;
}
