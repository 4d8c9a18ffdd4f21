// <chat-tools>: runs the tool calls that the server offers to this tab, shows them, and asks their questions. The server offers a call
// to one tab of a person. The tab accepts the call just before running it, so a late offer runs nothing.
import { announce } from '../../js/announce.js';
import { perform } from '../../js/tools/registry.js';
import { word } from '../../js/words.js';

// A quick call gets no line, because it would only flicker; the call's card in the conversation shows it anyway.
const SHOW_AFTER = 400;
const SEND_AGAIN_AFTER = 3000;
const SENDS = 40;

// Invisible characters and those that reorder others. Joiners within emoji and in Arabic and Indic spelling are neither.
const HIDDEN = new RegExp([
  String.raw`(?<![\p{So}\u{1f3fb}-\u{1f3ff}\ufe0f\u0600-\u06ff\u0750-\u077f\u0900-\u0dff])[\u200c\u200d]`,
  String.raw`(?![\u200c\u200d\n\t])\p{C}`,
  String.raw`[\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b-\u180f\ufe00-\ufe0e\u{e0100}-\u{e01ef}]`,
  String.raw`(?! )\p{Zs}`,
].join('|'), 'gu');

// The operator's scripts may still be loading when the page is live.
const isLoaded = new Promise(resolve => {
  if (document.readyState === 'complete') {
    resolve();
  } else {
    addEventListener('load', resolve, { once: true });
  }
});

class ChatTools extends HTMLElement {
  async connect(server, limit) {
    this.server = server;
    this.limit = limit;
    this.runs ??= new Map();
    await isLoaded;
    if (this.isConnected && this.server === server && !this.onSight) {
      this.onSight = () => this.here();
      document.addEventListener('visibilitychange', this.onSight);
      document.addEventListener('chat:connected', this.onSight);
      this.here();
    }
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.onSight);
    document.removeEventListener('chat:connected', this.onSight);
    this.server = undefined;
    this.runs?.forEach(run => run.stop.abort());
  }

  async here() {
    const isVisible = document.visibilityState === 'visible';
    const { server } = this;
    try {
      await server?.invokeMethodAsync('Here', isVisible);
      for (const run of isVisible ? [] : [...this.runs.values()].filter(r => r.isAsking)) {
        // The question is hidden here; the person may be looking at another tab.
        run.stop.abort();
        await server?.invokeMethodAsync('GiveBack', run.messageId, run.callId);
      }
    } catch {
      // Not connected: reported again after reconnecting.
    }
  }

  drop(messageId, callId) {
    this.runs.get(`${messageId} ${callId}`)?.stop.abort();
  }

  async offer(messageId, callId) {
    const key = `${messageId} ${callId}`;
    const { server } = this;
    if (!server || (this.runs.has(key) && !this.runs.get(key).stop.signal.aborted)) {
      return;
    }

    const run = { messageId, callId, stop: new AbortController(), isAsking: false };
    const { signal } = run.stop;
    this.runs.set(key, run);
    let isRefused = false;
    try {
      const call = await server.invokeMethodAsync('Take', messageId, callId);
      if (call && !signal.aborted) {
        this.show(run, call);
        const outcome = await perform(call, { signal, limit: this.limit, ask: question => this.ask(run, call, question) });
        await this.finish(server, run, outcome);
      }

      isRefused = !call;
    } catch {
      // The page is leaving the room or is disconnected. Another tab runs the call, or this one when it is back.
    } finally {
      run.stop.abort();
      if (this.runs.get(key) === run) {
        this.runs.delete(key);
      }
    }

    if (isRefused) {
      // This page was too late, or the call could not be read. If no other tab has the call, it is offered again.
      setTimeout(() => this.here(), SEND_AGAIN_AFTER);
    }
  }

  // A missing response does not mean refusal. Sending again is safe, because the server takes a result once.
  async finish(server, { messageId, callId, stop }, { text, isError }) {
    for (let i = 0; i < SENDS && !stop.signal.aborted; i++) {
      try {
        if (await server.invokeMethodAsync('Finish', messageId, callId, text, isError)) {
          return;
        }
      } catch {
        // Disconnected. If the server forgets this page, another one takes over.
      }

      await new Promise(resolve => setTimeout(resolve, SEND_AGAIN_AFTER));
    }
  }

  show(run, { title, assistant }) {
    const line = document.createElement('div');
    line.className = 'browser-call';
    line.role = 'group';
    line.ariaLabel = word('BrowserCall_Name', title);
    const text = document.createElement('p');
    const name = document.createElement('bdi');
    const who = document.createElement('bdi');
    who.translate = false;
    name.textContent = title;
    who.textContent = assistant;
    text.append(...word('BrowserCall_Uses').split(/\{([01])\}/).map((part, i) => i % 2 === 0 ? part : [who, name][part]));
    line.append(text);
    run.line = line;
    const timer = setTimeout(() => this.append(line), SHOW_AFTER);
    run.stop.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      line.remove();
    });
  }

  ask(run, { title }, { question, detail, action }) {
    return new Promise(resolve => {
      const { line } = run;
      const box = document.createElement('div');
      box.className = 'browser-question';
      const text = document.createElement('p');
      text.dir = 'auto';
      text.textContent = question;
      box.append(text);
      if (detail) {
        const shown = document.createElement('pre');
        shown.tabIndex = 0;
        shown.dir = 'auto';
        shown.translate = false;
        shown.textContent = withHidden(detail);
        box.append(shown);
      }

      const end = answer => {
        run.isAsking = false;
        line.replaceChildren(...said);
        resolve(answer);
      };
      const buttons = document.createElement('p');
      buttons.className = 'browser-buttons';
      buttons.append(button(action ?? word('BrowserCall_Allow'), 'button small primary', () => end(true)), button(word('BrowserCall_NotNow'), 'button small', () => end(false)));
      box.append(buttons);
      // The question says all that there is to say.
      const said = [...line.childNodes];
      line.replaceChildren(box);
      run.stop.signal.addEventListener('abort', () => end(false));
      run.isAsking = true;
      this.append(line);
      announce(`${title}: ${question}`);
    });
  }

  append(line) {
    if (!line.isConnected && this.isConnected) {
      super.append(line);
    }
  }
}

// As HiddenCharacters in the server's code: people see what they will have.
function withHidden(text) {
  return text.replaceAll('\r\n', '\n').replace(HIDDEN, hidden => `[U+${hidden.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
}

function button(name, className, action) {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.textContent = name;
  element.addEventListener('click', action);
  return element;
}

customElements.define('chat-tools', ChatTools);

// BrowserCalls.razor calls these.
globalThis.blazorChat = {
  ...globalThis.blazorChat,
  connectTools: (element, server, limit) => { element.connect(server, limit); },
  offerTool: (element, messageId, callId) => { element.offer(messageId, callId); },
  dropTool: (element, messageId, callId) => element.drop(messageId, callId),
};
