// Starts the circuit, and brings the page back by itself whenever the server is there again.
const line = document.getElementById('components-reconnect-modal');
const text = line?.querySelector('[data-connection-text]');
const failed = document.getElementById('blazor-error-ui');
let isReloading = false;

// The circuit is gone for good (the server was restarted, or forgot it): a new page as soon as somebody answers.
// Drafts, unsent messages and the place in the conversation are in the browser's store.
async function reloadWhenAlive() {
  if (isReloading) {
    return;
  }

  isReloading = true;
  for (;;) {
    try {
      const answer = await fetch('/health/live', { cache: 'no-store' });
      if (answer.ok) {
        location.reload();
        return;
      }
    } catch {
      // Not yet.
    }

    await new Promise(resolve => setTimeout(resolve, 1000));
  }
}

// The script of the framework tells only by classes on this element.
function onConnectionChanged() {
  const { classList } = line;
  const isDown = classList.contains('components-reconnect-show');
  const isLost = classList.contains('components-reconnect-failed') || classList.contains('components-reconnect-rejected');
  const was = document.documentElement.dataset.connection;
  document.documentElement.dataset.connection = isDown || isLost ? 'down' : 'up';
  if (isDown || isLost) {
    text.textContent = 'Reconnecting…';
  }

  if (isLost) {
    reloadWhenAlive();
  } else if (was === 'down' && !isDown) {
    text.textContent = '';
    document.dispatchEvent(new CustomEvent('chat:connected'));
  }
}

if (line) {
  new MutationObserver(onConnectionChanged).observe(line, { attributes: true, attributeFilter: ['class'] });
}

document.addEventListener('click', e => {
  if (e.target.closest('[data-reload]')) {
    location.reload();
  }
});

// Whoever leaves, or comes back under another name, does so in every tab.
const person = document.body.dataset.person ?? '';
try {
  localStorage.setItem('blazorchat:person', person);
  addEventListener('storage', e => {
    if (e.key === 'blazorchat:person' && e.newValue !== person) {
      location.reload();
    }
  });
} catch {
  // Storage is forbidden: other tabs find out at their next request.
}

if (failed) {
  // The framework shows it by a style of its own making when the circuit has failed: nothing on the page works then.
  new MutationObserver(() => failed.classList.toggle('shown', failed.style.display === 'block'))
    .observe(failed, { attributes: true, attributeFilter: ['style'] });
}

Blazor.start({
  circuit: {
    reconnectionOptions: {
      maxRetries: Number.MAX_SAFE_INTEGER,
      // At once, then every second, then every three: a server that comes back is found soon, one that is away is left alone.
      retryIntervalMilliseconds: attempt => attempt === 0 ? 0 : attempt < 20 ? 1000 : 3000,
    },
  },
}).catch(() => reloadWhenAlive());
