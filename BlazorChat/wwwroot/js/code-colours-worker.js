// Reads code by the grammars of highlight.js, beside the page: hostile text takes seconds, and whoever started this ends it then.
import hljs from '../lib/highlight/core.min.js';

// Grammars that occur in texts of another one.
const WITHIN = { xml: ['javascript', 'css'], markdown: ['xml'] };

// Kinds as numbers, in the order of code-colours.js. What has no color of its own is not here, and what is within it may have one.
const KINDS = {
  'keyword': 1, 'selector-tag': 1, 'name': 1, 'literal': 1,
  'string': 2, 'regexp': 2, 'char': 2, 'addition': 2, 'link': 2, 'code': 2, 'quote': 4,
  'number': 3, 'symbol': 3, 'bullet': 3, 'deletion': 3,
  'comment': 4, 'doctag': 4,
  'type': 5, 'class': 5, 'title.class': 5, 'built_in': 5, 'attr': 5, 'attribute': 5, 'selector-class': 5, 'selector-id': 5, 'selector-pseudo': 5, 'selector-attr': 5,
  'title': 6, 'title.function': 6, 'section': 6, 'meta': 6,
  'punctuation': 7, 'operator': 7, 'tag': 7,
};

const NONE = 0;

const loading = new Map();

function load(grammar) {
  if (!loading.has(grammar)) {
    loading.set(grammar, import(`../lib/highlight/languages/${grammar}.min.js`).then(({ default: language }) => hljs.registerLanguage(grammar, language)));
  }

  return loading.get(grammar);
}

function kindOf(scope, within) {
  if (!scope) {
    return within;
  }

  // "subst" and the text of another language begin anew: what is in a string's braces is no string.
  if (scope === 'subst' || scope.startsWith('language:')) {
    return NONE;
  }

  return KINDS[scope] ?? KINDS[scope.split('.').slice(0, 2).join('.')] ?? KINDS[scope.split('.')[0]] ?? within;
}

// Pieces that follow each other: start, end, kind; without those that have no color.
function piecesOf(root) {
  const pieces = [];
  let at = 0;
  const walk = (node, kind, isOuter) => {
    for (const child of node.children) {
      if (typeof child !== 'string') {
        // An outer element only says what its parts belong to.
        const own = kindOf(child.scope, kind);
        walk(child, child.scope === 'function' || child.scope === 'class' || child.scope === 'params' ? NONE : own, false);
        continue;
      }

      const last = pieces.length - 3;
      if (kind !== NONE && child.trim()) {
        if (!isOuter && last >= 0 && pieces[last + 1] === at && pieces[last + 2] === kind) {
          pieces[last + 1] += child.length;
        } else {
          pieces.push(at, at + child.length, kind);
        }
      }

      at += child.length;
    }
  };
  walk(root, NONE, true);
  return Int32Array.from(pieces);
}

onmessage = async ({ data: { id, grammar, text } }) => {
  try {
    await Promise.all([grammar, ...WITHIN[grammar] ?? []].map(load));
  } catch {
    // The server is away, for example. The next text tries it again.
    loading.clear();
    postMessage({ id, pieces: null });
    return;
  }

  // Only now the time counts.
  postMessage({ id, isReading: true });
  const pieces = piecesOf(hljs.highlight(text, { language: grammar, ignoreIllegals: true })._emitter.rootNode);
  postMessage({ id, pieces }, [pieces.buffer]);
};
