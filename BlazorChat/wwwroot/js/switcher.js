// Ctrl/Cmd+K: goes to a room by a few letters of its name. The rooms come from the room list, which is always up to date.
const roomLinks = () => [...document.querySelectorAll('nav.rooms a')];

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
  select(list, input, list.firstElementChild);
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

document.addEventListener('input', e => {
  if (e.target.closest?.('#switcher')) {
    fill(parts());
  }
});

document.addEventListener('keydown', e => {
  if (e.key.toLowerCase() === 'k' && (e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey) {
    e.preventDefault();
    open();
    return;
  }

  if (!e.target.closest?.('#switcher') || e.isComposing) {
    return;
  }

  const { input, list } = parts();
  const current = list.querySelector('[aria-selected=true]');
  if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
    e.preventDefault();
    const next = e.key === 'ArrowDown' ? current?.nextElementSibling : current?.previousElementSibling;
    select(list, input, next ?? (e.key === 'ArrowDown' ? list.firstElementChild : list.lastElementChild));
  } else if (e.key === 'Enter') {
    e.preventDefault();
    current?.click();
  }
});
