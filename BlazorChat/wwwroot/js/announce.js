// Announces a sentence to screen readers. The room itself announces what happens in it.
export function announce(sentence) {
  const announcer = document.getElementById('announcer');
  if (announcer) {
    announcer.textContent = '';
    // Screen readers speak a new text reliably only if the region was empty before.
    requestAnimationFrame(() => { announcer.textContent = sentence; });
  }
}
