// Makes the README's moving picture, docs/two-browsers.webp, from a running BlazorChat: two people in one room. Its still,
// docs/two-browsers.png, is for people who prefer less motion. The product needs none of this.
//
// Needs node with the package playwright and its Chromium (or CHROMIUM, the path of another), and img2webp (Debian's package webp).
// Start BlazorChat with an empty data folder and without a model, so that the demo assistant answers, at a pace that suits a picture:
//
//     DataFolder=$(mktemp -d) Assistants__DemoTokensPerSecond=30 dotnet run --project BlazorChat -c Release
//     npm install --no-save playwright && node eng/readme-movie/movie.mjs [address]
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';

const address = process.argv[2] ?? 'http://localhost:5000';
const output = extension => fileURLToPath(new URL(`../../docs/two-browsers.${extension}`, import.meta.url));
const size = { width: 480, height: 640 };
const scale = 1.5;
const interval = 110; // Milliseconds from one frame to the next.
const speed = 1.4; // Of the picture, because taking it slows both windows down.
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM });
const wait = time => new Promise(resolve => setTimeout(resolve, time));

async function joinAs(name, url) {
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: scale, colorScheme: 'light', locale: 'en-GB' });
  await page.goto(url);
  await page.fill('#name', name);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/rooms/**');
  await page.locator('#message').waitFor();
  await wait(1500);
  return page;
}

async function say(page, text) {
  await page.locator('#message').focus();
  for (const word of text.match(/\S+\s*/g)) {
    await page.keyboard.insertText(word);
    await wait(110);
  }

  await wait(250);
  await page.keyboard.press('Enter');
}

// Moves a drawn pointer, because browsers without a window have none, and clicks.
let pointer = null;
async function click(page, button) {
  await button.waitFor();
  const box = await button.boundingBox();
  const [x, y] = [box.x + box.width * 0.6, box.y + box.height * 0.6];
  for (let step = 5; step >= 0; step--) {
    pointer = { page, x: x + 2.5 * step * step, y: y + 1.5 * step * step };
    await wait(80);
  }

  await page.mouse.move(x, y);
  await wait(300);
  await page.mouse.click(x, y);
  await wait(500);
  pointer = null;
  await page.mouse.move(0, 0);
}

// Two people in a new room: the one who made it and one who came.
const ada = await joinAs('Ada', address);
await say(ada, 'Hello!'); // Elsewhere, because the first response after a start is the slowest.
await ada.getByText('Say help').waitFor();
await ada.getByLabel('Show the list').click();
await ada.getByLabel('New room').click();
await ada.fill('#room-name', 'Summer trip');
await ada.getByRole('button', { name: 'Create' }).click();
await ada.getByRole('heading', { name: 'Summer trip', exact: true }).waitFor();
await ada.mouse.move(0, 0);
const grace = await joinAs('Grace', ada.url());

// What happens in the picture.
const bothSee = text => Promise.all([ada, grace].map(page => page.getByText(text).last().waitFor()));
const frames = [];
let still = 0;
async function play() {
  await wait(500);
  await say(ada, 'Can you show us some code?');
  await bothSee('and start it with');
  await wait(500);
  await say(grace, 'Please send a postcard to everybody.');
  await ada.getByRole('button', { name: 'Approve' }).waitFor();
  await wait(700);
  still = frames.length - 1;
  await click(ada, ada.getByRole('button', { name: 'Approve' }));
  await bothSee('says:');
  await wait(1300);
  await say(ada, 'And now a long answer!');
  await bothSee('Part 1');
  await wait(600);
  await click(grace, grace.getByRole('button', { name: 'Stop' }));
  await bothSee('Stopped by');
  await wait(300);
}

// Takes pictures of both windows at the same moments.
let isOver = false;
async function record() {
  for (let due = Date.now(); !isOver; due += interval) {
    await wait(Math.max(0, due - Date.now()));
    const frame = { at: Date.now(), pointer };
    frame.shots = await Promise.all([ada, grace].map(page => page.screenshot({ caret: 'initial' })));
    frames.push(frame);
  }
}

await Promise.all([record(), play().finally(() => (isOver = true))]);

// Puts them side by side, with the name of each person above; what is around the windows is transparent.
const stage = await browser.newPage({ viewport: { width: 1000, height: 700 }, deviceScaleFactor: scale });
await stage.setContent(`<style>
  body { margin: 0; background: none; font: 600 15px system-ui, sans-serif; color: #3d4543 }
  main { display: inline-flex; gap: 14px }
  figure { margin: 0; border: 1px solid #bcc5c2; border-radius: 10px; overflow: hidden; background: #e3e9e7 }
  figcaption { line-height: 34px; text-align: center; border-bottom: 1px solid #bcc5c2 }
  img { display: block; width: ${size.width}px; height: ${size.height}px }
  svg { position: absolute; width: 28px }
</style><main>${['Ada', 'Grace'].map(name => `<figure><figcaption>${name}</figcaption><img></figure>`).join('')}</main>
<svg viewBox="0 0 24 24"><path d="M3 2v17l4.5-4 3 7 3-1.3-3-6.7h6z" fill="#111" stroke="#fff" stroke-width="1.5"/></svg>`);

const folder = mkdtempSync(join(tmpdir(), 'movie-'));
const pictures = [];
for (const { at, pointer, shots } of frames) {
  await stage.evaluate(async ([shots, of, x, y]) => {
    const images = [...document.querySelectorAll('img')];
    images.forEach((image, i) => (image.src = `data:image/png;base64,${shots[i]}`));
    await Promise.all(images.map(image => image.decode()));
    const box = images[Math.max(of, 0)].getBoundingClientRect();
    document.querySelector('svg').style = of < 0 ? 'display: none' : `left: ${box.x + x - 4}px; top: ${box.y + y - 2}px`;
  }, [shots.map(shot => shot.toString('base64')), pointer ? [ada, grace].indexOf(pointer.page) : -1, pointer?.x, pointer?.y]);
  const file = join(folder, `${String(pictures.length).padStart(4, '0')}.png`);
  writeFileSync(file, await stage.locator('main').screenshot({ omitBackground: true }));
  pictures.push({ at, file });
}

await browser.close();
const end = pictures.at(-1).at + 2500;
const timed = pictures.flatMap(({ at, file }, i) => ['-d', String(Math.round(((pictures[i + 1]?.at ?? end) - at) / speed)), file]);
execFileSync('img2webp', ['-loop', '0', '-min_size', '-lossless', '-m', '6', ...timed, '-o', output('webp')]);
copyFileSync(pictures[still].file, output('png'));
console.log(`${frames.length} frames, ${((end - pictures[0].at) / speed / 1000).toFixed(1)} s`);
rmSync(folder, { recursive: true });
