// Counts the seconds beside what is under way: <span class="elapsed" data-elapsed="1.5">, from the seconds that had passed when the server
// wrote it. They are shown from the third on, by the style sheet, so that no node of the renderer changes and no byte goes over the circuit.
import { word } from './words.js';

const FROM = 3;

const counted = document.getElementsByClassName('elapsed');
const began = new WeakMap();

function count() {
  const now = performance.now();
  for (const element of counted) {
    const known = began.get(element);
    if (known?.from !== element.dataset.elapsed) {
      began.set(element, { from: element.dataset.elapsed, at: now - Number(element.dataset.elapsed) * 1000 });
    }

    const seconds = Math.floor((now - began.get(element).at) / 1000);
    const shown = seconds < FROM ? '' : seconds < 60 ? ` ${word('Elapsed_Seconds', seconds)}` : ` ${word('Elapsed_Minutes', Math.floor(seconds / 60), seconds % 60)}`;
    if (element.dataset.shown !== shown) {
      element.dataset.shown = shown;
    }
  }
}

setInterval(() => {
  if (document.visibilityState === 'visible') {
    count();
  }
}, 1000);
