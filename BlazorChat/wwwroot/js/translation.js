// A browser's translation takes text nodes out of the page and puts <font> elements in their place. The renderer knows the text nodes: it
// fails when it removes one that is in no element, or puts something in front of it, and then the whole page stops. So a text node that
// was replaced returns to its place, empty, in front of the translation. When the renderer changes or removes it, the translation goes.
const translations = new Map();

const isFont = node => node?.nodeName === 'FONT';

const isOfTranslation = node => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest('font') != null;

// The translation that was put in the place of a removed text node.
function replacementOf(record) {
  return [...record.addedNodes, record.previousSibling, record.nextSibling].find(isFont);
}

function keep(text, font) {
  const known = translations.get(text);
  if (known?.font.isConnected && known.font !== font) {
    // Its empty rest was translated, too.
    font.replaceWith(text);
    known.font.before(text);
    return;
  }

  font.before(text);
  translations.set(text, { font, original: text.data });
  text.data = '';
}

function onChanges(records) {
  for (const record of records) {
    const { type, target, removedNodes } = record;
    if (type === 'characterData') {
      // The renderer has a newer text; the browser translates it again.
      if (target.data !== '' && translations.has(target)) {
        translations.get(target).font.remove();
        translations.delete(target);
      }

      continue;
    }

    for (const node of removedNodes) {
      if (node.nodeType === Node.TEXT_NODE && !node.isConnected && !isOfTranslation(target)) {
        const font = replacementOf(record);
        if (font?.isConnected && font.parentNode === target) {
          keep(node, font);
        } else if (translations.has(node)) {
          translations.get(node).font.remove();
          translations.delete(node);
        }
      }
    }
  }

  for (const [text, { font, original }] of translations) {
    if (!font.isConnected) {
      // The page is shown in its language again, or this part of it is gone.
      translations.delete(text);
      if (text.isConnected && text.data === '') {
        text.data = original;
      }
    } else if (!text.isConnected) {
      font.remove();
      translations.delete(text);
    }
  }
}

new MutationObserver(onChanges).observe(document.body, { childList: true, characterData: true, subtree: true });
