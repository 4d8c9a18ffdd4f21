// <modal-host> around a <dialog>: modal from the moment it is in the page, and the focus goes back to where it was.
customElements.define('modal-host', class extends HTMLElement {
  connectedCallback() {
    this.before = document.activeElement;
    // The renderer puts the children in after the element itself.
    queueMicrotask(() => this.querySelector('dialog')?.showModal());
  }

  disconnectedCallback() {
    const { before } = this;
    // A button inside a menu is hidden by now: then the one that opened the menu.
    const target = before?.closest?.('[popover]:not(:popover-open)')
      ? document.querySelector(`[popovertarget="${before.closest('[popover]').id}"]`)
      : before;
    if (target?.isConnected) {
      target.focus({ preventScroll: true });
    }
  }
});
