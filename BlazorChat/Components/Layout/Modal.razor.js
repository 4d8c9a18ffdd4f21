/** Returns the focus to what had it before something was opened. */
export function focusAgain(before) {
  // A button in a menu is hidden by now; focus the button that opened the menu instead.
  const target = before?.closest?.('[popover]:not(:popover-open)')
    ? document.querySelector(`[popovertarget="${before.closest('[popover]').id}"]`)
    : before;
  if (target?.isConnected) {
    target.focus({ preventScroll: true });
  }
}

// <modal-host> around a <dialog>: opens it as soon as it is on the page, and returns the focus when it goes.
customElements.define('modal-host', class extends HTMLElement {
  connectedCallback() {
    this.before = document.activeElement;
    // The renderer inserts the element before its children.
    queueMicrotask(() => this.querySelector('dialog')?.showModal());
    document.addEventListener('chat:reconnected', this.tellAgain);
  }

  // If the dialog was closed while the connection was lost, the circuit does not know yet.
  tellAgain = () => {
    const dialog = this.querySelector('dialog');
    if (dialog && !dialog.open) {
      dialog.dispatchEvent(new Event('close'));
    }
  };

  disconnectedCallback() {
    document.removeEventListener('chat:reconnected', this.tellAgain);
    focusAgain(this.before);
  }
});
