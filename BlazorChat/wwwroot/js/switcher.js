// Ctrl/Cmd+K: goes to a room by a few letters of its name. The rooms come from the room list, which is always up to date.
import { keyOf, load, store } from './kept.js';
import { isOfInputMethod } from './keys.js';

const roomLinks = () => [...document.querySelectorAll('nav.rooms a')];

const VISITED = keyOf('visited');
const idOf = link => new URL(link.href).pathname;

// The rooms that this tab has shown, newest first.
const visited = () => load(VISITED) ?? [];

document.addEventListener('chat:room', () => {
  if (document.querySelector('chat-composer')) {
    const { pathname } = location;
    store(VISITED, [pathname, ...visited().filter(path => path !== pathname)].slice(0, 10));
  }
});

function parts() {
  const dialog = document.getElementById('switcher');
  return dialog && {
    dialog,
    input: dialog.querySelector('input'),
    list: dialog.querySelector('ul'),
    none: dialog.querySelector('.switcher-none'),
  };
}

function select(list, input, option) {
  list.querySelector('[aria-selected=true]')?.setAttribute('aria-selected', 'false');
  if (option) {
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', option.id);
  } else {
    input.removeAttribute('aria-activedescendant');
  }
}

function fill({ input, list, none }) {
  const wanted = input.value.trim().toLocaleLowerCase();
  const found = roomLinks().filter(link => link.textContent.toLocaleLowerCase().includes(wanted));
  const last = found.find(link => idOf(link) === visited()[1]);
  if (last && wanted === '') {
    // Ctrl+K and Enter go back and forth between two rooms.
    found.splice(found.indexOf(last), 1);
    found.unshift(last);
  }

  list.replaceChildren(...found.slice(0, 50).map((link, i) => {
    const option = document.createElement('li');
    option.id = `switch-${i}`;
    option.role = 'option';
    option.dir = 'auto';
    option.textContent = link.textContent;
    option.ariaSelected = 'false';
    option.addEventListener('click', () => go(link));
    return option;
  }));
  none.hidden = found.length > 0;
  // The room where the person is already is chosen only if it is the only one.
  const elsewhere = found.findIndex(link => link.getAttribute('aria-current') === null);
  select(list, input, list.children[Math.max(0, elsewhere)]);
}

function go(link) {
  parts().dialog.close();
  link.click();
}

function open() {
  const all = parts();
  if (!all || all.dialog.open) {
    return;
  }

  all.input.value = '';
  fill(all);
  all.dialog.showModal();
  all.input.focus();
}

document.addEventListener('click', e => {
  if (e.target.closest?.('[data-open-switcher]')) {
    open();
  }
});

document.addEventListener('input', e => {
  if (e.target.closest?.('#switcher')) {
    fill(parts());
  }
});

document.addEventListener('keydown', e => {
  if (isOfInputMethod(e)) {
    return;
  }

  if (e.key.toLowerCase() === 'k' && (e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey) {
    e.preventDefault();
    open();
    return;
  }

  if (!e.target.closest?.('#switcher')) {
    return;
  }

  const { input, list } = parts();
  const current = list.querySelector('[aria-selected=true]');
  if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
    e.preventDefault();
    const next = e.key === 'ArrowDown' ? current?.nextElementSibling : current?.previousElementSibling;
    select(list, input, next ?? (e.key === 'ArrowDown' ? list.firstElementChild : list.lastElementChild));
  } else if (e.key === 'Escape') {
    // A search field would take the first one to empty itself.
    e.preventDefault();
    parts().dialog.close();
  } else if (e.key === 'Enter') {
    e.preventDefault();
    current?.click();
  }
});
