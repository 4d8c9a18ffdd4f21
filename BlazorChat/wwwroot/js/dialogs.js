// Opens the dialogs that are always on the page, and closes all dialogs. Menus and drawers are popovers and need no script.
document.addEventListener('click', e => {
  const opener = e.target.closest('[data-open-dialog]');
  if (opener) {
    const menu = opener.closest('[popover]');
    menu?.hidePopover();
    document.getElementById(opener.dataset.openDialog)?.showModal();
  }

  if (e.target.closest('[data-close-dialog]')) {
    e.target.closest('dialog')?.close();
  } else if (e.target.matches('dialog') && isOutside(e)) {
    e.target.close();
  }

  // Closes a menu or the drawer after a choice.
  const chosen = e.target.closest('.menu .menu-item, #sidebar a');
  const popover = chosen?.closest('[popover]');
  if (popover?.matches(':popover-open')) {
    popover.hidePopover();
  }
});

// Closes the drawer when another page is shown, for example after a room was created there.
new MutationObserver(() => document.querySelector('#sidebar:popover-open:not(:has(dialog[open]))')?.hidePopover())
  .observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-path'] });

function isOutside(e) {
  const box = e.target.getBoundingClientRect();
  return e.clientX < box.left || e.clientX > box.right || e.clientY < box.top || e.clientY > box.bottom;
}
