// Copies code blocks and messages. A message goes to the clipboard as it was written (Markdown) and as it is drawn (HTML), so that a text
// editor gets the one and a word processor the other; so does what is selected within a message. The buttons come and go with the
// messages, so one listener serves all of them.
import { announce } from './announce.js';
import { sayCopied } from './code-blocks.js';
import { isEarly } from './first-clicks.js';
import { htmlOf, markdownOf } from './markdown.js';
import { word } from './words.js';

// After this time without an answer of the server, what is drawn is written as Markdown again.
const SOURCE_WITHIN = 1500;

/** Puts text on the clipboard, and HTML if there is any; the text may be a promise. */
export async function write(text, html) {
  if (navigator.clipboard && html !== undefined && globalThis.ClipboardItem) {
    const as = (content, type) => Promise.resolve(content).then(value => new Blob([value], { type }));
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': as(text, 'text/plain'), 'text/html': as(html, 'text/html') })]);
    return;
  }

  if (navigator.clipboard) {
    await navigator.clipboard.writeText(await text);
    return;
  }

  // Without https, there is no clipboard API, but the old command still works.
  const plain = await text;
  let isDone = false;
  const onCopy = e => {
    e.preventDefault();
    e.stopImmediatePropagation();
    e.clipboardData.setData('text/plain', plain);
    if (html !== undefined) {
      e.clipboardData.setData('text/html', html);
    }

    isDone = true;
  };
  addEventListener('copy', onCopy, true);
  document.execCommand('copy');
  removeEventListener('copy', onCopy, true);
  if (!isDone) {
    throw new Error('The browser refused.');
  }
}

// A shell runs a line that ends with a line break when it is pasted.
const codeOf = element => element.textContent.replace(/\n+$/, '');

let asked;

/** The server's answer: the text of a message as it was written, or null if it is still being written. */
globalThis.blazorChat = { ...globalThis.blazorChat, takeSource: text => asked?.(text) };

function sourceOf(article) {
  const input = document.querySelector('[data-message-command]');
  if (!input || isEarly() || document.documentElement.dataset.connection === 'down') {
    return Promise.resolve(null);
  }

  return new Promise(resolve => {
    const timer = setTimeout(resolve, SOURCE_WITHIN, null);
    asked = text => {
      clearTimeout(timer);
      resolve(text);
    };
    input.value = `copy ${article.id.slice(2)}`;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

// An answer may have several texts, with tool calls in between. Folded content is not part of its text.
const textsOf = article => [...article.querySelectorAll('.blocks')].filter(blocks => !blocks.parentElement.closest('details'));

function copyMessage(article) {
  const texts = textsOf(article);
  const drawn = texts.map(markdownOf).join('\n\n');
  return write(sourceOf(article).then(source => source ?? drawn), texts.map(htmlOf).join('\n'));
}

document.addEventListener('click', async e => {
  const button = e.target.closest('[data-copy-code], [data-copy-message]');
  const source = button?.closest(button.hasAttribute('data-copy-code') ? '.code-block' : '.message');
  if (!source) {
    return;
  }

  try {
    await (button.hasAttribute('data-copy-code') ? write(codeOf(source.querySelector('pre'))) : copyMessage(source));
    announce(word('Copy_Done'));
    sayCopied(button);
  } catch {
    announce(word('Copy_Refused'));
  }
});

// What a field holds, such as the link of an invite, or a list, a line for each of its items.
document.addEventListener('click', async e => {
  const button = e.target.closest('[data-copy-from]');
  if (!button) {
    return;
  }

  const field = document.getElementById(button.dataset.copyFrom);
  try {
    await write(field.value ?? Array.from(field.children, item => item.textContent.trim()).join('\n'));
    announce(word('Copy_Done'));
    sayCopied(button);
  } catch {
    if (field.select) {
      field.select();
    } else {
      getSelection().selectAllChildren(field);
    }

    announce(word('Copy_Refused'));
  }
});

const elementOf = node => node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;

// What is selected within the text of one message.
document.addEventListener('copy', e => {
  const selection = getSelection();
  if (e.defaultPrevented || !selection?.rangeCount || selection.isCollapsed || e.target.closest?.('input, textarea')) {
    return;
  }

  const range = selection.getRangeAt(0);
  const within = elementOf(range.commonAncestorContainer);
  if (!within.closest('chat-log .blocks')) {
    return;
  }

  const fragment = range.cloneContents();
  const isCode = within.closest('code, pre') || (fragment.childElementCount === 1 && fragment.firstElementChild.matches('pre') && within.closest('.code-block'));
  if (isCode) {
    e.clipboardData.setData('text/plain', codeOf(fragment));
  } else {
    // A part of a list or of a table is one in its own element.
    const frame = within.closest('ul, ol, table, blockquote');
    const whole = document.createElement('div');
    const parent = frame ? frame.cloneNode(false) : whole;
    if (frame) {
      whole.append(parent);
    }

    parent.append(fragment);
    const isItems = !frame || [...parent.children].some(child => child.matches('li, tr, thead, tbody, p'));
    const shown = isItems ? whole : parent;
    e.clipboardData.setData('text/plain', markdownOf(shown));
    e.clipboardData.setData('text/html', htmlOf(shown));
  }

  e.preventDefault();
});
