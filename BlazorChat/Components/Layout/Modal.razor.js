// <modal-host> around a <dialog>: modal from the moment it is in the page, and the focus goes back to where it was.
customElements.define('modal-host', class extends HTMLElement {
  connectedCallback() {
    this.before = document.activeElement;
    // The renderer puts the children in after the element itself.
    queueMicrotask(() => this.querySelector('dialog')?.showModal());
    document.addEventListener('chat:reconnected', this.tellAgain);
  }

  // The circuit did not hear that it was closed while the connection was away.
  tellAgain = () => {
    const dialog = this.querySelector('dialog');
    if (dialog && !dialog.open) {
      dialog.dispatchEvent(new Event('close'));
    }
  };

  disconnectedCallback() {
    document.removeEventListener('chat:reconnected', this.tellAgain);
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
