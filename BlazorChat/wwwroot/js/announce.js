// Says something to those who do not see it. What happens in a room is said by the room itself.
export function announce(sentence) {
  const announcer = document.getElementById('announcer');
  if (announcer) {
    announcer.textContent = '';
    // A new text is spoken only if the region was seen empty before.
    requestAnimationFrame(() => { announcer.textContent = sentence; });
  }
}
