// The width of the list of rooms, by pointer or keyboard, and whether it is there at all (Ctrl+\). This browser remembers both; theme.js
// applies them before the next page is painted.
import { isOfInputMethod } from './keys.js';

const LEAST = 220;
const MOST = 360;
const STEP = 10;

const root = document.documentElement;
const edge = () => document.querySelector('[data-sidebar-edge]');
const sidebar = () => document.getElementById('sidebar');

function keep(name, value) {
  try {
    localStorage.setItem(`blazorchat:${name}`, value);
  } catch {
    // Storage is forbidden: the choice applies to this page only.
  }
}

function resize(width) {
  const now = Math.round(Math.max(LEAST, Math.min(MOST, width)));
  root.style.setProperty('--sidebar', `${now}px`);
  keep('sidebar', now);
  say();
}

function say() {
  const width = sidebar()?.getBoundingClientRect().width;
  if (width) {
    edge()?.setAttribute('aria-valuenow', Math.round(width));
  }
}

function toggle() {
  const isHidden = root.dataset.sidebar !== 'hidden';
  const hadFocus = sidebar()?.contains(document.activeElement);
  if (isHidden) {
    root.dataset.sidebar = 'hidden';
  } else {
    delete root.dataset.sidebar;
  }

  keep('sidebar-state', isHidden ? 'hidden' : '');
  if (hadFocus) {
    (document.querySelector('.room-head [data-sidebar-toggle]') ?? document.getElementById('content'))?.focus();
  }
}

const isRtl = () => getComputedStyle(root).direction === 'rtl';

document.addEventListener('pointerdown', e => {
  const handle = e.target.closest?.('[data-sidebar-edge]');
  if (!handle || e.button !== 0) {
    return;
  }

  e.preventDefault();
  handle.setPointerCapture(e.pointerId);
  const { left, right } = sidebar().getBoundingClientRect();
  const move = now => resize(isRtl() ? right - now.clientX : now.clientX - left);
  handle.addEventListener('pointermove', move);
  handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true });
});

document.addEventListener('keydown', e => {
  if (isOfInputMethod(e) || e.defaultPrevented) {
    return;
  }

  if (e.key === '\\' && (e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey) {
    e.preventDefault();
    toggle();
  } else if (e.target.matches?.('[data-sidebar-edge]')) {
    const { width } = sidebar().getBoundingClientRect();
    const forward = isRtl() ? 'ArrowLeft' : 'ArrowRight';
    const back = isRtl() ? 'ArrowRight' : 'ArrowLeft';
    const to = { [forward]: width + STEP, [back]: width - STEP, Home: LEAST, End: MOST }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      resize(to);
    }
  }
});

document.addEventListener('click', e => {
  if (e.target.closest?.('[data-sidebar-toggle]')) {
    toggle();
  }
});

document.addEventListener('focusin', e => e.target.matches?.('[data-sidebar-edge]') && say());
