// The built-in tools that run in the browser. Those that read or replace something of the person's ask first: the location by the
// browser's own question, the clipboard by the page's question, because not every browser has one. What they tell models is English.
import { write } from '../copy.js';
import { word } from '../words.js';
import { register, ToolError } from './registry.js';

const LONGEST_COPY = 16_000;
const LANGUAGES = 10;

register('get_time_zone', () => Intl.DateTimeFormat().resolvedOptions().timeZone);

register('get_page_language', () => ({
  page: document.documentElement.lang,
  preferred: [...navigator.languages].slice(0, LANGUAGES),
}));

// The browser's question may stay unanswered, so there is a limit: two minutes, including the search for the location.
register('get_location', () => new Promise((resolve, reject) => {
  if (!navigator.geolocation || !isSecureContext) {
    reject(new ToolError('Browsers share their location only with pages loaded over https, and this page is not.'));
    return;
  }

  navigator.geolocation.getCurrentPosition(
    ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude, accuracyInMetres: Math.round(coords.accuracy) }),
    error => reject(locationProblem(error.code)),
    { timeout: 30_000, maximumAge: 60_000 });
}), { timeout: 120_000 });

function locationProblem(code) {
  switch (code) {
    case 1: return new ToolError('The person, or their browser, did not allow this page to know their location.');
    case 3: return new ToolError('The device did not find its location in time.');
    default: return new ToolError('The device does not know its location.');
  }
}

// The page always asks: the clipboard may contain a password, and everyone in the room would see it.
register('read_clipboard', async (_, { assistant, ask }) => {
  if (!navigator.clipboard?.readText) {
    throw new ToolError('This browser does not let this page read the clipboard.');
  }

  const isAllowed = await ask({
    question: word('Clipboard_Share', assistant),
    action: word('Clipboard_ShareNow'),
  });
  if (!isAllowed) {
    throw new ToolError('The person did not want to share their clipboard.');
  }

  try {
    return await navigator.clipboard.readText() || 'There is no text in the clipboard.';
  } catch {
    throw new ToolError('The browser did not allow this page to read the clipboard.');
  }
});

// The page asks here, too: people must know what they will paste, and a model can be talked into things.
register('write_clipboard', async ({ text }, { assistant, ask }) => {
  if (typeof text !== 'string' || text.length === 0 || text.length > LONGEST_COPY) {
    throw new ToolError(`The text must have 1 to ${LONGEST_COPY} characters.`);
  }

  const isAllowed = await ask({
    question: word('Clipboard_Copy', assistant),
    detail: text,
    action: word('Copy_Copy'),
  });
  if (!isAllowed) {
    throw new ToolError('The person did not want this in their clipboard.');
  }

  try {
    await write(text);
  } catch {
    throw new ToolError('The browser did not allow this page to use the clipboard.');
  }

  return 'It is in the clipboard.';
});
