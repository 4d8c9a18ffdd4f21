// Starts the circuit, and reconnects, resumes or reloads the page when the server is back.
import { delay, goOn, isAlive, loadAgain, takePlace, whatWaits } from './away.js';
import { word } from './words.js';

const line = document.getElementById('components-reconnect-modal');
const text = line?.querySelector('[data-connection-text]');
const failed = document.getElementById('blazor-error-ui');
let isReloading = false;

// The circuit is lost (the server was killed or has forgotten it): reloads the page as soon as a server responds.
// Drafts, unsent messages, what is open and the place in the conversation are in the browser's storage.
async function reloadWhenAlive() {
  if (isReloading) {
    return;
  }

  if (refusal) {
    showDown();
    return;
  }

  isReloading = true;
  showDown();
  while (!await isAlive()) {
    await delay(1000);
  }

  loadAgain();
}

// A planned stop: the server has announced that it is about to stop. The page pauses its circuit, which hands its state to the page,
// and resumes it on the next process. A page that cannot resume reloads.
const RETURN_WITHIN = Number(document.body.dataset.returnWithin);
const STATE_WITHIN = 1000;
const NO_STATE = '[]';

// While the server restarts: the time until which the page tries to resume.
let returnUntil;

// The circuit's connection; each attempt to reconnect creates another one.
let connection;

// The components and state that the page resumes with, until the resumed circuit has rendered.
let resumedWith;

// Whether the page has another circuit since the connection was lost. That circuit was given the page's address.
let isResumed = false;

// What the previous circuit showed. While it is still on the page, no circuit handles its events.
let stale;

// Whether any circuit has rendered.
let isLive = false;

// Why the server counts as away although the connection is not closed yet: 'offline' (the browser says so), 'silent' (a call is not
// answered, and neither is a request), or undefined.
let unreachable;

// Half of a character beyond the first 65,536, which a bad cut leaves in a text, has no UTF-8. JSON writes it as an escape, which .NET
// refuses to read: the event or call would fail, each time again. It becomes U+FFFD, as everywhere in UTF-8.
const HALF = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

function keepWhole(connection) {
  for (const name of ['send', 'invoke']) {
    const call = connection[name];
    connection[name] = (method, ...args) =>
      call.call(connection, method, ...args.map(arg => typeof arg === 'string' && arg.includes('\\ud') ? arg.replace(HALF, '$1\uFFFD') : arg));
  }
}

// .NET 10 answers PauseCircuit before it has handed over the state, and its script disconnects at the answer. If the circuit is busy,
// the state comes too late and the page reloads. So here the answer waits for the state.
// .NET 10 also forgets the state before it has resumed with it. If the connection is lost at that moment, for example by another stop,
// the page could not resume. So here the next attempt gets the state again.
function keepState(connection) {
  keepWhole(connection);
  const { start } = connection;
  connection.start = async () => {
    for (;;) {
      try {
        await start.call(connection);
        full = undefined;
        return;
      } catch (error) {
        if (!/Status code '4(01|03|29)'/.test(String(error)) || await isRefused() !== false) {
          throw error;
        }
      }
    }
  };
  let wait;
  connection.on('BlazorChat.Wait', (sentence, seconds) => { wait = { sentence, seconds }; });
  let arrived;
  const state = new Promise(resolve => { arrived = resolve; });
  // Registered before the framework's own handler, whose result the server waits for.
  connection.on('JS.SavePersistedState', () => { setTimeout(arrived); });
  connection.on('JS.RenderBatch', () => {
    resumedWith = undefined;
    isLive = true;
    document.dispatchEvent(new CustomEvent('chat:rendering'));
    // After the framework has applied the batch.
    setTimeout(() => document.dispatchEvent(new CustomEvent('chat:rendered')));
    if (isResumed || document.documentElement.dataset.connection === 'down') {
      // After the framework has applied the batch.
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

    const opens = name === 'StartCircuit' || name === 'ResumeCircuit';
    let result = await invoke.call(connection, name, ...args);
    while (opens && wait) {
      const { sentence, seconds } = wait;
      wait = undefined;
      await waitForPlace(sentence, seconds);
      if (name === 'StartCircuit' && performance.now() > MARKS_WITHIN) {
        reloadWhenAlive();
        return new Promise(() => {});
      }

      result = await invoke.call(connection, name, ...args);
    }

    if (opens) {
      full = undefined;
    }

    if (name === 'PauseCircuit') {
      await Promise.race([state, delay(STATE_WITHIN)]);
    }

    return result;
  };
  return connection;
}

// The server refused the circuit for a reason that another attempt does not change: the page says it instead of reloading for ever.
let refusal;

// The server takes no more pages now, from this person or from this network: the sentence that says so. The page asks again by itself.
let full;

// .NET lets a circuit show the components of a page within five minutes. An older page has to be loaded again.
const MARKS_WITHIN = 4 * 60_000;

async function waitForPlace(sentence, seconds) {
  full = sentence;
  showDown();
  // Not all at once.
  await delay(seconds * (1000 + Math.random() * 500));
}

// Asks for a circuit in order to hear why there is none. Returns whether the server refused it for good; false also after a wait that the
// server asked for.
async function isRefused() {
  const answer = await fetch(new URL('_blazor/negotiate?negotiateVersion=1', document.baseURI), { method: 'POST' }).catch(() => null);
  if (answer?.status === 429) {
    // A proxy may have limits, too.
    const isOurs = answer.headers.get('Content-Type')?.startsWith('text/plain');
    await waitForPlace(isOurs ? await answer.text() : word('Connection_TooMany'), Number(answer.headers.get('Retry-After')) || 5);
  } else if (answer?.status === 401 && !isReloading) {
    // The person has left, here or in another tab: the page leads to where they can join.
    isReloading = true;
    loadAgain();
  } else if (answer?.status === 403) {
    refusal = await answer.text();
    showDown();
  }

  return isReloading || refusal !== undefined;
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
      // .NET 10: after a page has reconnected to its circuit, pauseCircuit() thinks that it is paused and does nothing. So the page
      // sends PauseCircuit itself. The framework's script then finds the connection closed, reconnects by itself, and resumes with
      // the state that the server has handed over.
      await connection.invoke('PauseCircuit');
      await connection.stop();
    }
  } catch {
    // The connection was lost first.
  }

  // Otherwise the framework's script reconnects by itself for the same time, and reports the outcome.
  if (isPaused()) {
    await resumeWhenAlive();
  }
}

async function resumeWhenAlive() {
  const until = returnUntil;
  do {
    // A random delay, so that pages do not all come back at once.
    await delay(300 + Math.random() * 400);
    try {
      if (await isAlive()) {
        if (!await Blazor.resumeCircuit()) {
          reloadWhenAlive();
        }

        return;
      }
    } catch {
      // There is no connection yet, or it was lost. The page still has the state.
    }
  } while (Date.now() < until);

  reloadWhenAlive();
}

// The server calls this. The call must return before the circuit is paused.
globalThis.blazorChat = { ...globalThis.blazorChat, pauseUntilBack: () => { setTimeout(pauseUntilBack); } };

const isPaused = () => line.classList.contains('components-reconnect-paused');

// A lost network closes no connection: the browser notices it after up to half a minute. So the page says at once what it knows, and
// looks for the server itself.
async function waitUntilAlive(why) {
  const isWaiting = unreachable !== undefined;
  unreachable = why;
  showDown();
  if (isWaiting) {
    return;
  }

  do {
    await new Promise(resolve => {
      addEventListener('online', resolve, { once: true });
      setTimeout(resolve, 1000);
    });
  } while (!await isAlive());
  unreachable = undefined;
  // The old connection may be dead without anybody knowing. A new one to the same circuit costs little.
  if (connection?.state === 'Connected' && !isPaused()) {
    await connection.stop();
  } else {
    onConnectionChanged();
  }
}

addEventListener('offline', () => waitUntilAlive('offline'));

// The server has not answered for a while: see unsent.js.
let isChecking = false;
document.addEventListener('chat:silent', async () => {
  if (!isChecking && document.documentElement.dataset.connection !== 'down') {
    isChecking = true;
    const isThere = await isAlive(2000);
    isChecking = false;
    if (!isThere && document.documentElement.dataset.connection !== 'down') {
      waitUntilAlive('silent');
    }
  }
});

function showDown() {
  const wasDown = document.documentElement.dataset.connection === 'down';
  document.documentElement.dataset.connection = 'down';
  if (!wasDown) {
    document.dispatchEvent(new CustomEvent('chat:down'));
  }

  // Shown again, to appear above a dialog that was opened since.
  line.hidePopover();
  line.showPopover();
  const state = unreachable === 'offline' ? word('Connection_Offline') : returnUntil === undefined ? word('Connection_Reconnecting')
    : Date.now() < returnUntil ? word('Connection_Restarting') : word('Connection_Waiting');
  text.textContent = refusal ?? (full ?? state) + whatWaits();
}

const isStale = () => isResumed && (resumedWith !== undefined || stale?.isConnected);

// The framework's script reports the connection's state by classes on this element.
function onConnectionChanged() {
  const has = (...states) => states.some(state => line.classList.contains(`components-reconnect-${state}`));
  const isLost = has('failed', 'rejected', 'resume-failed');
  if (isLost || has('show', 'paused')) {
    showDown();
  } else if (!isStale() && unreachable === undefined) {
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

// A menu that is opened while the connection is lost must not hide the line.
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

// A person who leaves, or who changes their name, does so in all tabs.
const person = document.body.dataset.person ?? '';
try {
  // By the base, because several servers may share a host, each below its own path.
  const key = `blazorchat:person:${new URL(document.baseURI).pathname}`;
  localStorage.setItem(key, person);
  addEventListener('storage', e => {
    if (e.key === key && e.newValue !== person) {
      location.reload();
    }
  });
} catch {
  // Storage is forbidden: other tabs notice at their next request.
}

if (failed) {
  // When the circuit has failed and nothing on the page works any more, the framework shows this element with an inline style.
  new MutationObserver(() => failed.classList.toggle('shown', failed.style.display === 'block'))
    .observe(failed, { attributes: true, attributeFilter: ['style'] });
}

// The server may be lost before the circuit has started. The framework does not report all such failures.
addEventListener('unhandledrejection', async () => isLive || await isRefused() || await isAlive() || reloadWhenAlive());

Blazor.start({
  // No enhanced navigation: between pages without a circuit, it would bring elements that this script has not seen.
  ssr: { disableDomPreservation: true },
  circuit: {
    configureSignalR: builder => {
      const { build } = builder;
      builder.build = () => connection = keepState(build.call(builder));
    },
    reconnectionOptions: {
      maxRetries: Number.MAX_SAFE_INTEGER,
      // At once, then every second, later every three seconds: a returning server is found soon, and an unavailable one is spared.
      // If a restart takes too long, null ends the attempts, and the page reloads instead.
      retryIntervalMilliseconds: attempt => attempt === 0 ? 0 : Date.now() >= returnUntil ? null : attempt < 20 ? 1000 : 3000,
    },
  },
}).catch(async () => await isRefused() || reloadWhenAlive());

// For whole.js: all scripts are there.
document.documentElement.dataset.scripts = 'started';
