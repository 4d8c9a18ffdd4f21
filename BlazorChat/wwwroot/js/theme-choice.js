// The choices of this browser: the colors, the space between messages, and whether the conversation is wide. theme.js applies them before
// the next page is painted.
const root = document.documentElement;

function keep(name, value) {
  try {
    if (value) {
      localStorage.setItem(`blazorchat:${name}`, value);
    } else {
      localStorage.removeItem(`blazorchat:${name}`);
    }
  } catch {
    // Storage is forbidden: the choice applies to this page only.
  }
}

function set(name, value) {
  if (value) {
    root.dataset[name] = value;
  } else {
    delete root.dataset[name];
  }

  keep(name, value);
}

function mark() {
  for (const button of document.querySelectorAll('[data-theme-set]')) {
    button.setAttribute('aria-pressed', String(button.dataset.themeSet === (root.dataset.theme ?? 'system')));
  }

  for (const button of document.querySelectorAll('[data-density-set]')) {
    button.setAttribute('aria-pressed', String(button.dataset.densitySet === (root.dataset.density ?? '')));
  }

  for (const button of document.querySelectorAll('[data-width-set]')) {
    button.setAttribute('aria-pressed', String(root.dataset.width === 'wide'));
  }
}

document.addEventListener('click', e => {
  const { themeSet, densitySet, widthSet } = e.target.closest('[data-theme-set], [data-density-set], [data-width-set]')?.dataset ?? {};
  if (themeSet !== undefined) {
    set('theme', themeSet === 'system' ? '' : themeSet);
  } else if (densitySet !== undefined) {
    set('density', densitySet);
  } else if (widthSet !== undefined) {
    set('width', root.dataset.width ? '' : widthSet);
  } else {
    return;
  }

  mark();
});

// When the menu opens, its buttons may have been rendered after the last choice.
document.addEventListener('beforetoggle', mark, true);
