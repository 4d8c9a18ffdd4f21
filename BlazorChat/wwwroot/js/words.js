// What scripts say, in the page's language: the entries of Resources/Scripts*.resx, which App.razor writes into the page.
const words = JSON.parse(document.getElementById('words')?.textContent || '{}');
const tag = document.documentElement.lang;

// The page's language for Intl: as it is spoken where the reader is, if the browser says so. Read before a browser that translates the page
// changes its lang.
export const language = navigator.languages?.find(l => l.split('-')[0] === tag) ?? tag;

const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

// A text with {0}, {1} and so on filled.
export function word(key, ...args) {
  return (words[key] ?? key).replace(/\{([0-9])\}/g, (whole, place) => args[place] ?? whole);
}

// The same with nodes of the page in it, as all nodes and texts of the sentence.
export function nodes(key, ...args) {
  return (words[key] ?? key).split(/\{([0-9])\}/).map((piece, i) => i % 2 ? args[piece] : piece);
}

// A whole number with its thousands apart.
export function number(value) {
  return numbers.format(value);
}

// A text that depends on a number, which is {0} in it: the entry whose name ends with _One or _Other.
export function count(key, value, ...args) {
  return word(`${key}_${plurals.select(value) === 'one' ? 'One' : 'Other'}`, number(value), ...args);
}
