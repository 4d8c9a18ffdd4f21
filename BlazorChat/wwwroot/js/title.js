// Sets the title of the open page (see DocumentTitle.cs), with the number of messages that came while it was hidden: "(3) Lobby".
customElements.define('document-title', class extends HTMLElement {
  static observedAttributes = ['data-title'];

  attributeChangedCallback() {
    document.title = this.dataset.title;
  }
});

let unseen = 0;

function show() {
  const plain = document.title.replace(/^\(\d+\) /, '');
  const wanted = unseen > 0 ? `(${unseen}) ${plain}` : plain;
  if (document.title !== wanted) {
    document.title = wanted;
  }
}

// chat-log reports new messages.
document.addEventListener('chat:arrived', e => {
  if (document.hidden) {
    unseen += e.detail.count;
    show();
  }
});

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    unseen = 0;
    show();
  }
});

// The page's own title may change while messages are unseen.
new MutationObserver(show).observe(document.head, { childList: true, subtree: true, characterData: true });
