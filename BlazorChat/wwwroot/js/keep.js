// What was typed into a field with data-keep and not sent yet stays in the tab's store, and is put back when the field appears
// again: after a resumed circuit, a reload, or a server that was killed.
const keyOf = field => {
  const article = field.closest('article');
  const index = [...(article ?? document).querySelectorAll(`[data-keep="${field.dataset.keep}"]`)].indexOf(field);
  return `blazorchat:keep:${location.pathname}:${article?.id ?? ''}:${field.dataset.keep}:${index}`;
};

const store = (key, value) => {
  try {
    if (value === null) {
      sessionStorage.removeItem(key);
    } else {
      sessionStorage.setItem(key, value);
    }
  } catch {
    // Storage is forbidden or full: what is typed lives as long as the page.
  }
};

function restore(field) {
  let kept = null;
  try {
    kept = sessionStorage.getItem(keyOf(field));
  } catch {
    // As above.
  }

  if (kept !== null && kept !== field.value) {
    field.value = kept;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

document.addEventListener('input', e => e.target.dataset?.keep && store(keyOf(e.target), e.target.value));
// Done with it: saved, cancelled, decided, closed.
for (const type of ['click', 'submit']) {
  document.addEventListener(type, e => {
    if (type === 'submit' || e.target.closest?.('button')) {
      e.target.closest?.('message-editor, .approval, .panel')?.querySelectorAll('[data-keep]').forEach(field => store(keyOf(field), null));
    }
  }, true);
}

new MutationObserver(records => {
  for (const { addedNodes } of records) {
    for (const node of addedNodes) {
      if (node.nodeType === 1) {
        [...(node.matches('[data-keep]') ? [node] : []), ...node.querySelectorAll('[data-keep]')].forEach(restore);
      }
    }
  }
}).observe(document.body, { childList: true, subtree: true });
