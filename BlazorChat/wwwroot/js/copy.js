// The copy buttons of code blocks and messages. They come and go with the messages, so one listener serves all of them.
import { announce } from './announce.js';

export async function write(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }

  // Without https, there is no clipboard API, but the old command still works.
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  const before = document.activeElement;
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  before?.focus({ preventScroll: true });
  if (!isDone) {
    throw new Error('The browser refused.');
  }
}

// The text of the blocks without the heads of code blocks and their buttons.
function textOf(blocks) {
  const hidden = [...blocks.querySelectorAll('.code-head')];
  hidden.forEach(head => { head.hidden = true; });
  const text = blocks.innerText.trim();
  hidden.forEach(head => { head.hidden = false; });
  return text;
}

document.addEventListener('click', async e => {
  const button = e.target.closest('[data-copy-code], [data-copy-message]');
  if (!button) {
    return;
  }

  const isCode = button.hasAttribute('data-copy-code');
  // An answer may have several texts, with tool calls in between. Folded content is not part of its text.
  const sources = isCode
    ? [button.closest('.code-block')?.querySelector('pre')].filter(Boolean)
    : [...button.closest('.message')?.querySelectorAll('.blocks') ?? []].filter(blocks => !blocks.closest('details'));
  if (sources.length === 0) {
    return;
  }

  try {
    await write(isCode ? sources[0].textContent : sources.map(textOf).join('\n\n'));
    announce('Copied');
    button.classList.add('copied');
    setTimeout(() => button.classList.remove('copied'), 1600);
  } catch {
    announce('This browser does not allow copying');
  }
});
