// Writes drawn Markdown as Markdown again, for copying what is selected. Whole messages are copied as they were written, see copy.js.
const isHidden = node => node.matches('button, .code-head, .link-note, .callout-title:empty, [hidden], .visually-hidden');

const fenceFor = (text, least) => '`'.repeat(Math.max(least, ...[...text.matchAll(/`+/g)].map(run => run[0].length + 1)));

const indent = (text, by) => text.replaceAll('\n', `\n${by}`).replaceAll(/^[ ]+$/gm, '');

const childrenOf = node => [...node.childNodes].map(inline).join('');

function inline(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    return node.data;
  }

  if (node.nodeType !== Node.ELEMENT_NODE || isHidden(node)) {
    return '';
  }

  const text = childrenOf(node);
  const tag = node.localName;
  switch (tag) {
    case 'strong': case 'b': return text.trim() ? `**${text}**` : text;
    case 'em': case 'i': return text.trim() ? `*${text}*` : text;
    case 'del': case 's': return text.trim() ? `~~${text}~~` : text;
    case 'br': return '\n';
    case 'sub': case 'sup': case 'kbd': return `<${tag}>${text}</${tag}>`;
    case 'code': {
      const marks = fenceFor(text, 1);
      return text.startsWith('`') || text.endsWith('`') ? `${marks} ${text} ${marks}` : `${marks}${text}${marks}`;
    }
    case 'a': {
      const href = node.getAttribute('href') ?? '';
      const isSame = href === text || href === `mailto:${text}` || href.replace(/\/$/, '') === text || href.startsWith('#');
      return isSame || !text.trim() ? text : `[${text}](${href})`;
    }
    case 'input': return node.checked ? '[x] ' : '[ ] ';
    default: return text;
  }
}

function list(node, isOrdered) {
  let number = Number(node.getAttribute('start') ?? 1);
  return [...node.children].filter(item => item.localName === 'li').map(item => {
    const mark = isOrdered ? `${number++}. ` : '- ';
    return mark + indent(blocks(item, '\n'), ' '.repeat(mark.length));
  }).join('\n');
}

function table(node) {
  const rows = [...node.querySelectorAll('tr')].map(row => [...row.cells].map(cell => childrenOf(cell).trim().replaceAll('|', '\\|').replaceAll('\n', '<br>')));
  if (rows.length === 0) {
    return '';
  }

  const marks = [...node.querySelector('tr').cells].map(cell => ({ left: ':--', center: ':-:', right: '--:' }[/align-(\w+)/.exec(cell.className)?.[1]] ?? '---'));
  const line = cells => `| ${cells.join(' | ')} |`;
  return [line(rows[0]), line(marks), ...rows.slice(1).map(line)].join('\n');
}

function block(node) {
  const tag = node.localName;
  switch (tag) {
    case 'h1': case 'h2': case 'h3': case 'h4': case 'h5': case 'h6':
      return `${'#'.repeat(Number(node.getAttribute('aria-level') ?? Math.max(1, Number(tag[1]) - 2)))} ${childrenOf(node).trim()}`;
    case 'ul': return list(node, false);
    case 'ol': return list(node, true);
    case 'blockquote': return `> ${indent(blocks(node), '> ')}`;
    case 'hr': return '---';
    case 'table': return table(node);
    case 'pre': {
      const code = node.textContent.replace(/\n+$/, '');
      const marks = fenceFor(code, 3);
      const language = /language-(\S+)/.exec(node.querySelector('code')?.className ?? '')?.[1] ?? '';
      return node.matches('.plain') ? node.textContent : `${marks}${language}\n${code}\n${marks}`;
    }
    case 'details': return `<details>\n${blocks(node)}\n</details>`;
    case 'summary': return `<summary>${childrenOf(node)}</summary>`;
    default: return undefined;
  }
}

const BLOCKS = 'p, div, code-block, tex-block, table-box, ul, ol, blockquote, pre, table, hr, h1, h2, h3, h4, h5, h6, details, summary, section, article';

// The blocks of an element. Text between them is a block as well, as in the items of a tight list.
function blocks(node, between = '\n\n') {
  const parts = [];
  let line = '';
  const end = () => {
    if (line.trim()) {
      parts.push(line.trim());
    }

    line = '';
  };
  for (const child of node.childNodes) {
    if (child.nodeType !== Node.ELEMENT_NODE || !child.matches(BLOCKS)) {
      line += inline(child);
      continue;
    }

    end();
    if (!isHidden(child)) {
      const text = block(child) ?? (['p', 'tex-block'].includes(child.localName) ? childrenOf(child) : blocks(child));
      if (text) {
        parts.push(text);
      }
    }
  }

  end();
  return parts.join(between);
}

/** Markdown of what an element or a fragment shows. */
export const markdownOf = node => blocks(node);

/** Its markup for other programs: without buttons, names of styles and other attributes of this page. */
export function htmlOf(node) {
  const copy = document.createElement('div');
  copy.append(node.cloneNode(true));
  for (const element of copy.querySelectorAll('*')) {
    if (isHidden(element)) {
      element.remove();
      continue;
    }

    if (['code-block', 'table-box', 'tex-inline', 'tex-block'].includes(element.localName)) {
      element.replaceWith(...element.childNodes);
      continue;
    }

    for (const { name } of [...element.attributes]) {
      if (!['href', 'start', 'dir', 'colspan', 'rowspan'].includes(name)) {
        element.removeAttribute(name);
      }
    }
  }

  return copy.innerHTML;
}
