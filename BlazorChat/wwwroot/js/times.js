// Formats times in the page's language. For the first paint, the server writes digits, in the reader's time zone (Times.cs).
import { language } from './words.js';

const clock = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' });
const dayThisYear = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', year: 'numeric' });
const shortDay = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' });
const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });

const startOfDay = date => new Date(date.getFullYear(), date.getMonth(), date.getDate());

function capitalized(text) {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

function day(value) {
  const [year, month, date] = value.split('-').map(Number);
  const then = new Date(year, month - 1, date);
  const days = Math.round((then - startOfDay(new Date())) / 86_400_000);
  if (days === 0 || days === -1) {
    return capitalized(new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day'));
  }

  return (then.getFullYear() === new Date().getFullYear() ? dayThisYear : dayOfYear).format(then);
}

function ago(value) {
  const then = new Date(value);
  const minutes = Math.round((then - Date.now()) / 60_000);
  if (minutes > -1) {
    return relative.format(0, 'second');
  }

  if (minutes > -60) {
    return relative.format(minutes, 'minute');
  }

  return startOfDay(then) >= startOfDay(new Date()) ? clock.format(then) : shortDay.format(then);
}

// Without AM and PM.
function hours(value) {
  return clock.formatToParts(new Date(value)).filter(part => part.type !== 'dayPeriod').map(part => part.value).join('').trim();
}

const formats = {
  day,
  ago,
  clock: hours,
  time: value => clock.format(new Date(value)),
  date: value => date.format(new Date(value)),
  moment: value => moment.format(new Date(value)),
};

function format(element) {
  const text = formats[element.dataset.format]?.(element.dateTime);
  // Keeps the text node, because the renderer refers to it.
  if (text && element.firstChild && element.firstChild.nodeValue !== text) {
    element.firstChild.nodeValue = text;
  }

  if (element.dataset.format !== 'day' && !element.title) {
    element.title = full.format(new Date(element.dateTime));
  }
}

function formatAll(root) {
  root.querySelectorAll('time[data-format]').forEach(format);
}

new MutationObserver(records => {
  for (const record of records) {
    if (record.type === 'childList') {
      for (const node of record.addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE && node.firstElementChild) {
          formatAll(node);
        }
      }
    } else if (record.target.matches('time[data-format]')) {
      record.target.removeAttribute('title');
      format(record.target);
    }
  }
}).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ['datetime'] });

formatAll(document);
setInterval(() => formatAll(document), 30_000);
