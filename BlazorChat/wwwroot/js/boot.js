// Starts the circuit, and brings the page back by itself whenever the server is there again.
import { delay, goOn, isAlive, loadAgain, takePlace, whatWaits } from './away.js';

const line = document.getElementById('components-reconnect-modal');
const text = line?.querySelector('[data-connection-text]');
const failed = document.getElementById('blazor-error-ui');
let isReloading = false;

// The circuit cannot be had back (the server was killed, or forgot it): a new page as soon as somebody answers.
// Drafts, unsent messages, what is open and the place in the conversation are in the browser's store.
async function reloadWhenAlive() {
  if (isReloading) {
    return;
  }

  isReloading = true;
  showDown();
  while (!await isAlive()) {
    await delay(1000);
  }

  loadAgain();
}

// A planned stop: the server said that it is about to stop. The page pauses its circuit, which hands its state to the page, and
// resumes it on the process that comes. What cannot be resumed is loaded again.
const RETURN_WITHIN = Number(document.body.dataset.returnWithin);
const STATE_WITHIN = 1000;
const NO_STATE = '[]';

// While the server restarts: until when the page tries to go on as it is.
let returnUntil;

// The circuit's connection; each attempt to reconnect makes another one.
let connection;

// What a page resumes with, its components and their state, until it shows what has come of it.
let resumedWith;

// Whether the circuit is another one since the connection was lost; it was told where the page is.
let isResumed = false;

// What the circuit before showed: while it stands there, nothing that is done on it would be heard.
let stale;

// Whether any circuit has shown anything.
let isLive = false;

// .NET 10 answers PauseCircuit before it has handed the state over, and its script hangs up on the answer: where the circuit is
// busy, the state comes too late and the page is loaded again. So the answer waits for the state.
// It also forgets the state before it has resumed with it: a connection that is lost in this very moment, as by another stop,
// would cost the page. So the next attempt gets it again.
function keepState(connection) {
  let arrived;
  const state = new Promise(resolve => { arrived = resolve; });
  // Registered before the framework's own, whose result the server waits for.
  connection.on('JS.SavePersistedState', () => { setTimeout(arrived); });
  connection.on('JS.RenderBatch', () => {
    resumedWith = undefined;
    isLive = true;
    if (isResumed) {
      // When the framework has shown it.
      setTimeout(onConnectionChanged);
    }
  });
  const { invoke } = connection;
  connection.invoke = async (name, ...args) => {
    if (name === 'ResumeCircuit') {
      const [circuit, base, , ...handed] = args;
      resumedWith = handed[0] === NO_STATE ? resumedWith : handed;
      takePlace();
      args = [circuit, base, location.href, ...resumedWith ?? handed];
      isResumed = true;
      stale = document.querySelector('.shell');
    }

    const result = await invoke.call(connection, name, ...args);
    if (name === 'PauseCircuit') {
      await Promise.race([state, delay(STATE_WITHIN)]);
    }

    return result;
  };
  return connection;
}

async function pauseUntilBack() {
  if (returnUntil !== undefined || isReloading) {
    return;
  }

  returnUntil = Date.now() + RETURN_WITHIN;
  showDown();
  try {
    await Blazor.pauseCircuit();
    if (!isPaused() && connection?.state === 'Connected') {
      // .NET 10: once a page has reconnected to its circuit, pauseCircuit() takes it for paused and does nothing. What it
      // would have sent is sent here; the script of the framework then finds the connection closed, tries again by itself,
      // and resumes with what the server has handed over.
      await connection.invoke('PauseCircuit');
      await connection.stop();
    }
  } catch {
    // The connection went first.
  }

  // Otherwise the script of the framework tries again by itself as long, and says how it ends.
  if (isPaused()) {
    await resumeWhenAlive();
  }
}

async function resumeWhenAlive() {
  const until = returnUntil;
  do {
    // Not all pages at once.
    await delay(300 + Math.random() * 400);
    try {
      if (await isAlive()) {
        if (!await Blazor.resumeCircuit()) {
          reloadWhenAlive();
        }

        return;
      }
    } catch {
      // No connection yet, or it was lost; the state is still here.
    }
  } while (Date.now() < until);

  reloadWhenAlive();
}

// Called by the server; its call must be answered before the circuit goes.
globalThis.blazorChat = { ...globalThis.blazorChat, pauseUntilBack: () => { setTimeout(pauseUntilBack); } };

const isPaused = () => line.classList.contains('components-reconnect-paused');

function showDown() {
  document.documentElement.dataset.connection = 'down';
  // Above a dialog that was opened since.
  line.hidePopover();
  line.showPopover();
  const state = returnUntil === undefined ? 'Reconnecting…' : Date.now() < returnUntil ? 'The server is restarting…' : 'Waiting for the server…';
  text.textContent = state + whatWaits();
}

const isStale = () => isResumed && (resumedWith !== undefined || stale?.isConnected);

// The script of the framework tells by classes on this element.
function onConnectionChanged() {
  const has = (...states) => states.some(state => line.classList.contains(`components-reconnect-${state}`));
  const isLost = has('failed', 'rejected', 'resume-failed');
  if (isLost || has('show', 'paused')) {
    showDown();
  } else if (!isStale()) {
    const was = document.documentElement.dataset.connection;
    document.documentElement.dataset.connection = 'up';
    returnUntil = undefined;
    if (was === 'down') {
      text.textContent = '';
      line.hidePopover();
      goOn(isResumed);
      document.dispatchEvent(new CustomEvent('chat:connected'));
      if (!isResumed) {
        document.dispatchEvent(new CustomEvent('chat:reconnected'));
      }

      isResumed = false;
      stale = undefined;
    }
  }

  if (isLost) {
    reloadWhenAlive();
  }
}

if (line) {
  new MutationObserver(onConnectionChanged).observe(line, { attributes: true, attributeFilter: ['class'] });
}

document.addEventListener('chat:waiting', showDown);

// A menu that is opened meanwhile must not hide it.
document.addEventListener('toggle', e => {
  if (e.newState === 'open' && e.target !== line && document.documentElement.dataset.connection === 'down') {
    showDown();
  }
}, true);

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

// The server went away before the circuit began. The framework does not tell of every way in which that fails.
addEventListener('unhandledrejection', () => isLive || isAlive().then(yes => yes || reloadWhenAlive()));

Blazor.start({
  // No enhanced navigation: between pages without a circuit it would keep the elements that this script has not seen.
  ssr: { disableDomPreservation: true },
  circuit: {
    configureSignalR: builder => {
      const { build } = builder;
      builder.build = () => connection = keepState(build.call(builder));
    },
    reconnectionOptions: {
      maxRetries: Number.MAX_SAFE_INTEGER,
      // At once, then every second, then every three: a server that comes back is found soon, one that is away is left alone.
      // A restart that takes too long ends it (null), and the page is loaded again instead.
      retryIntervalMilliseconds: attempt => attempt === 0 ? 0 : Date.now() >= returnUntil ? null : attempt < 20 ? 1000 : 3000,
    },
  },
}).catch(() => reloadWhenAlive());
