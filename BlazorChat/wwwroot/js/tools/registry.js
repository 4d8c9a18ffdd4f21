// The tools that run in this browser when an assistant calls them for this person. Calls come from a model: names and arguments are
// looked up and checked, never evaluated, and the result is text of limited length.
const NAME = /^[\w-]{1,64}$/;
const TIMEOUT = 60_000;
const LONGEST_ERROR = 500;

const tools = new Map();

/** The error that a tool throws to tell the model, in a sentence, why there is no result. */
export class ToolError extends Error {}

/**
 * Adds a tool. The server must have a tool of this name that runs in the browser (a ChatTool with Site = Browser).
 * @param {string} name The tool's name: letters, digits, hyphens and underscores.
 * @param {(args: object, context: {assistant: string, signal: AbortSignal, ask: Function}) => unknown} run
 *   Runs the tool; may return a promise. The result, a text or anything that JSON can write, goes to the model. If it throws, the
 *   model gets the message as an error. `await context.ask({ question, detail, action })` shows a question with a button and returns
 *   whether the person pressed it.
 * @param {{timeout?: number}} options The timeout in milliseconds, without time for questions; 60 seconds by default.
 */
export function register(name, run, { timeout = TIMEOUT } = {}) {
  if (!NAME.test(name) || typeof run !== 'function') {
    throw new TypeError('A tool needs a function, and a name of 1 to 64 letters, digits, hyphens and underscores.');
  }

  tools.set(name, { run, timeout });
}

/** Runs a call; never throws. */
export async function perform(call, { signal, ask, limit }) {
  const tool = tools.get(call.tool);
  if (!tool) {
    return failed('This browser has no tool of that name.');
  }

  const args = parse(call.arguments);
  if (!args) {
    return failed('The arguments are not a JSON object.');
  }

  let timer;
  let end;
  const late = new Promise((_, reject) => { end = reject; });
  const start = () => {
    timer = setTimeout(() => end(new ToolError('The browser did not finish this in time.')), tool.timeout);
  };
  // A person who is asked may take their time.
  const askInTime = async question => {
    clearTimeout(timer);
    try {
      return await ask(question);
    } finally {
      start();
    }
  };

  start();
  try {
    const context = { assistant: call.assistant, signal, ask: askInTime };
    const result = await Promise.race([Promise.resolve().then(() => tool.run(args, context)), late]);
    const text = typeof result === 'string' ? result : JSON.stringify(result) ?? 'Done.';
    return text.length > limit
      ? failed(`The result has ${text.length} characters; the limit is ${limit}.`)
      : { text, isError: false };
  } catch (e) {
    return failed(e instanceof Error && e.message ? e.message.slice(0, LONGEST_ERROR) : 'The browser could not do this.');
  } finally {
    clearTimeout(timer);
  }
}

function parse(text) {
  try {
    const args = JSON.parse(text || '{}');
    return args !== null && typeof args === 'object' && !Array.isArray(args) ? args : undefined;
  } catch {
    return undefined;
  }
}

function failed(text) {
  return { text, isError: true };
}

globalThis.blazorChat = { ...globalThis.blazorChat, tools: { register, ToolError } };
