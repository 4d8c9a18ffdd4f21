// When the circuit starts, live elements replace those of the first HTML. If the button is pressed on the old element and released on
// the new one, the click would be lost: browsers send a click only if both happen on the same element. This script clicks the new one.
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
