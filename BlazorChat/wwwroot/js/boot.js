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

// A planned stop: the server said that it is about to stop. The page pauses its circuit, which hands its state to the page, and
// resumes it on the process that comes. What cannot be resumed is loaded again.
const WAIT_FOR_RETURN = 120_000;
let isPlanned = false;

// The circuit's connection; each attempt to reconnect makes another one.
let connection;

const isAlive = async () => {
  try {
    return (await fetch('/health/live', { cache: 'no-store', signal: AbortSignal.timeout(3000) })).ok;
  } catch {
    return false;
  }
};

async function pauseUntilBack() {
  if (isPlanned || isReloading) {
    return;
  }

  isPlanned = true;
  document.documentElement.dataset.connection = 'down';
  text.textContent = 'The server is restarting…';
  let isPaused = false;
  const onState = e => { isPaused ||= e.detail.state === 'paused'; };
  line.addEventListener('components-reconnect-state-changed', onState);
  try {
    await Blazor.pauseCircuit();
    if (!isPaused && connection?.state === 'Connected') {
      // .NET 10: once a page has reconnected to its circuit, pauseCircuit() takes it for paused and does nothing. What it
      // would have sent is sent here; the script of the framework then finds the connection closed, tries again by itself,
      // and resumes with what the server has handed over.
      await connection.invoke('PauseCircuit');
      await connection.stop();
      isPlanned = false;
      return;
    }
  } catch {
    // The connection went first.
  } finally {
    line.removeEventListener('components-reconnect-state-changed', onState);
  }

  const until = Date.now() + WAIT_FOR_RETURN;
  do {
    await new Promise(resolve => setTimeout(resolve, 300 + Math.random() * 400));
  } while (!await isAlive() && Date.now() < until);

  isPlanned = false;
  try {
    if (isPaused && await Blazor.resumeCircuit()) {
      return;
    }
  } catch {
    // Below.
  }

  reloadWhenAlive();
}

// Called by the server; its call must be answered before the circuit goes.
globalThis.blazorChat = { ...globalThis.blazorChat, pauseUntilBack: () => { setTimeout(pauseUntilBack); } };

// The script of the framework tells only by classes on this element.
function onConnectionChanged() {
  if (isPlanned) {
    return;
  }

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
    configureSignalR: builder => {
      const { build } = builder;
      builder.build = () => connection = build.call(builder);
    },
    reconnectionOptions: {
      maxRetries: Number.MAX_SAFE_INTEGER,
      // At once, then every second, then every three: a server that comes back is found soon, one that is away is left alone.
      retryIntervalMilliseconds: attempt => attempt === 0 ? 0 : attempt < 20 ? 1000 : 3000,
    },
  },
}).catch(() => reloadWhenAlive());
