// When the circuit starts, the elements of the first HTML are replaced by live ones. A click whose press was on the old
// element and whose release is on the new one would be lost: browsers send a click only when both are on the same element.
const nameOf = element => `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent}`;

let pressed;

document.addEventListener('pointerdown', e => {
  pressed = e.button === 0 ? e.target.closest?.('a, button') : null;
}, true);

document.addEventListener('pointerup', e => {
  if (pressed && !pressed.isConnected) {
    const now = e.target.closest?.('a, button');
    if (now && nameOf(now) === nameOf(pressed)) {
      now.click();
    }
  }

  pressed = null;
}, true);
