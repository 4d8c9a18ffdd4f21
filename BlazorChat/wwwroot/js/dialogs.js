// Dialogs that the page has from the beginning, and closing of all of them. Menus and drawers are popovers: they need nothing.
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

  // What a menu offers has been chosen, or a room in the drawer: it has done its work.
  const chosen = e.target.closest('.menu .menu-item, #sidebar a');
  const popover = chosen?.closest('[popover]');
  if (popover?.matches(':popover-open')) {
    popover.hidePopover();
  }
});

// Another page is shown, as after a room was made in the drawer.
new MutationObserver(() => document.querySelector('#sidebar:popover-open:not(:has(dialog[open]))')?.hidePopover())
  .observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-path'] });

function isOutside(e) {
  const box = e.target.getBoundingClientRect();
  return e.clientX < box.left || e.clientX > box.right || e.clientY < box.top || e.clientY > box.bottom;
}
