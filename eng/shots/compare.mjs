// Compares the pictures in now/ with those in before/, and writes index.html with what differs. The browser that took them reads them again, so
// that nothing else has to be installed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, playwright] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(playwright);
const named = name => existsSync(join(folder, name)) ? readdirSync(join(folder, name)).filter(file => file.endsWith('.png')) : [];
const [now, before] = [named('now'), named('before')];
const found = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
const browser = await chromium.launch({ executablePath: found, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
const page = await browser.newPage();

// How many of a thousand pixels differ visibly.
const differ = (a, b) => page.evaluate(async ([first, second]) => {
  const read = async data => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height);
  };

  const [x, y] = [await read(first), await read(second)];
  if (x.width !== y.width || x.height !== y.height) {
    return 1000;
  }

  let count = 0;
  for (let i = 0; i < x.data.length; i += 4) {
    count += Math.abs(x.data[i] - y.data[i]) + Math.abs(x.data[i + 1] - y.data[i + 1]) + Math.abs(x.data[i + 2] - y.data[i + 2]) > 24 ? 1 : 0;
  }

  return 4000 * count / x.data.length;
}, [a, b].map(file => readFileSync(file, 'base64')));

const changed = [];
for (const file of now.filter(name => before.includes(name))) {
  const share = await differ(join(folder, 'before', file), join(folder, 'now', file));
  if (share > 0.1) {
    changed.push({ file, share });
  }
}

await browser.close();
const added = now.filter(name => !before.includes(name));
const gone = before.filter(name => !now.includes(name));
const picture = (name, file) => `<a href="${name}/${file}"><img src="${name}/${file}" alt="${file}, ${name}" loading="lazy"></a>`;
const section = (title, files, columns) => files.length === 0 ? '' : `<h2>${title} (${files.length})</h2>${files.map(({ file, share }) =>
  `<h3>${file.slice(0, -4)}${share === undefined ? '' : ` · ${(share / 10).toFixed(2)} %`}</h3><div>${columns.map(name => picture(name, file)).join('')}</div>`).join('')}`;
writeFileSync(join(folder, 'index.html'), `<!doctype html><meta charset="utf-8"><title>Pictures</title>
<style>body { font: 15px system-ui; margin: 2rem } div { display: flex; gap: 1rem; align-items: start } a { flex: 0 1 50% } img { max-width: 100%; border: 1px solid #ccc }</style>
<h1>Pictures</h1>${section('Differ: before, now', changed.sort((a, b) => b.share - a.share), ['before', 'now'])}${section('New', added.map(file => ({ file })), ['now'])}${section('Gone', gone.map(file => ({ file })), ['before'])}`);
console.log(`${now.length} pictures, ${changed.length} differ, ${added.length} new, ${gone.length} gone: ${join(folder, 'index.html')}`);
