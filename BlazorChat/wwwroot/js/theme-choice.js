// The choice between the system's colors, light and dark. theme.js applies it before the next page is painted.
const root = document.documentElement;
const current = () => root.dataset.theme ?? 'system';

function mark() {
  for (const button of document.querySelectorAll('[data-theme-set]')) {
    button.setAttribute('aria-pressed', String(button.dataset.themeSet === current()));
  }
}

document.addEventListener('click', e => {
  const theme = e.target.closest('[data-theme-set]')?.dataset.themeSet;
  if (!theme) {
    return;
  }

  if (theme === 'system') {
    delete root.dataset.theme;
  } else {
    root.dataset.theme = theme;
  }

  try {
    localStorage.setItem('blazorchat:theme', theme);
  } catch {
    // Storage is forbidden: the choice applies to this page only.
  }

  mark();
});

// When the menu opens, its buttons may have been rendered after the last choice.
document.addEventListener('beforetoggle', mark, true);
