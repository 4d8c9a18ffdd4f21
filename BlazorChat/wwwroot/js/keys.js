// The one rule for keys of input methods (Chinese, Japanese, Korean and others). Every script that handles keys asks it first: the key
// that ends a word is not a command.
let hasJustEnded = false;

// Safari ends the composition before it reports the key that ended it, in the same task.
document.addEventListener('compositionend', () => {
  hasJustEnded = true;
  setTimeout(() => { hasJustEnded = false; });
}, true);
document.addEventListener('keyup', () => { hasJustEnded = false; }, true);

/** Whether a key belongs to an input method. 229 is the key code that browsers report for such keys, in Safari after the end as well. */
export function isOfInputMethod(e) {
  return e.isComposing || e.keyCode === 229 || (hasJustEnded && e.key === 'Enter');
}
