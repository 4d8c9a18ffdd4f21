// What is selected in an answer stays selected while the answer grows: the renderer replaces the last piece of the open block with each
// frame, and with its nodes goes a selection that begins or ends there.
let kept;

const blocksOf = node => (node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement)?.closest('article[aria-busy] .blocks');

// How many characters of an element's text are before a point.
function offsetOf(root, node, offset) {
  const range = document.createRange();
  range.setStart(root, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

function pointAt(root, offset) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let left = offset;
  let last;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (left <= node.length) {
      return [node, left];
    }

    left -= node.length;
    last = node;
  }

  return last ? [last, last.length] : undefined;
}

document.addEventListener('chat:rendering', () => {
  const selection = getSelection();
  kept = undefined;
  if (!selection || selection.isCollapsed) {
    return;
  }

  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const root = blocksOf(anchorNode);
  if (root && root === blocksOf(focusNode)) {
    kept = { root, text: selection.toString(), anchor: offsetOf(root, anchorNode, anchorOffset), focus: offsetOf(root, focusNode, focusOffset), anchorNode, focusNode };
  }
});

document.addEventListener('chat:rendered', () => {
  const was = kept;
  kept = undefined;
  if (!was?.root.isConnected || (was.anchorNode.isConnected && was.focusNode.isConnected && getSelection().toString() === was.text)) {
    return;
  }

  const [anchor, focus] = [pointAt(was.root, was.anchor), pointAt(was.root, was.focus)];
  if (anchor && focus) {
    getSelection().setBaseAndExtent(...anchor, ...focus);
  }
});
