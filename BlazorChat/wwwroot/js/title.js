// The title of the open page (see DocumentTitle.cs), and "(3) Lobby": how many messages came while nobody looked.
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

// chat-log says what came.
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

// The page's own title may change meanwhile.
new MutationObserver(show).observe(document.head, { childList: true, subtree: true, characterData: true });
