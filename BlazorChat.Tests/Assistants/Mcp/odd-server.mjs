// An MCP server that does what it should not, by hand, since no library would let it. The first argument says what.
import { createInterface } from 'node:readline';

const [mode] = process.argv.slice(2);
const heard = [];
const send = message => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');
const text = (value, more) => ({ content: [{ type: 'text', text: value }], ...more });
const tool = (name, more) => ({ name, inputSchema: { type: 'object' }, ...more });
let grown = 0;

const lists = {
  many: () => ({ tools: Array.from({ length: 10_000 }, (_, i) => tool(`t${i}`)) }),
  pages: cursor => ({ tools: [tool(`p${cursor ?? 0}`)], nextCursor: `${Number(cursor ?? 0) + 1}` }),
  names: () => ({
    tools: ['plain', 'a.b', 'a b', 'ä/ö', '', 'x'.repeat(300), 'x'.repeat(301), '../../etc/passwd', 'plain', '<b>', '💥', 'odd_plain'].map(name => tool(name)),
  }),
  long: () => ({
    tools: [
      tool('told', { description: 'd'.repeat(1_000_000) }),
      tool('asked', { inputSchema: { type: 'object', description: 's'.repeat(1_000_000) } }),
      tool('n'.repeat(1_000_000)),
      tool('short'),
    ],
  }),
  oneBad: () => ({
    tools: [
      tool('good'), tool('empty', { inputSchema: {} }), tool('nothing', { inputSchema: null }), tool('text', { inputSchema: { type: 'string' } }),
      { name: 'none' }, tool('word', { inputSchema: 'nonsense' }), { ...tool('number'), name: 7 }, null, 'text', [],
      tool('hinted', { description: 5, annotations: { readOnlyHint: 'yes', title: [] } }), tool('last', { annotations: 'none', title: null }),
    ],
  }),
  titles: () => ({
    tools: [
      tool('a', { title: 'Delete a file', annotations: { title: 'Read a file' } }), tool('b', { annotations: { title: ' Read\u202e\n a file ' } }),
      tool('c', { title: 't'.repeat(1_000_000) }), tool('d e', { title: '\u0000' }), tool('f', { title: {} }),
    ],
  }),
  changes: () => ({
    tools: [tool('careful', { description: `Version ${grown}` }), tool('grow', { annotations: { readOnlyHint: true } })],
  }),
  hints: () => ({
    tools: [
      tool('silent'),
      tool('reads', { annotations: { readOnlyHint: true } }),
      tool('adds', { annotations: { destructiveHint: false } }),
      tool('destroys', { annotations: { readOnlyHint: false, destructiveHint: true } }),
    ],
  }),
};

const calls = {
  careful: () => text('done'),
  size: ({ length }) => text('x'.repeat(length)),
  fail: ({ length }) => text('f'.repeat(length), { isError: true }),
  heard: () => text(JSON.stringify(heard)),
  wait: () => undefined,
  exit: () => process.exit(7),
  half: () => (process.stdout.write(`{"jsonrpc":"2.0","id":${JSON.stringify(heard.at(-1).id)},"result":{"content":[{"type":"text","text":"ok \\ud83d! \\ud83d\\ude00 \\\\ud83d"}]}}\n`), undefined),
  strange: () => ({ content: [{ type: 'hologram' }] }),
  grow: () => {
    grown++;
    send({ method: 'notifications/tools/list_changed' });
    return text('grown');
  },
};

if (mode === 'exits') {
  process.exit(3);
}
if (mode === 'endless') {
  const piece = 'x'.repeat(1 << 20);
  const go = () => { while (process.stdout.write(piece)); };
  process.stdout.on('drain', go).on('error', () => process.exit(0));
  go();
}
if (mode === 'complains') {
  process.stderr.write(`my token is ${process.env.TOKEN}\n${'y'.repeat(1_000_000)}${process.env.TOKEN}\nlast words\n`);
}
if (mode === 'stays') {
  // Neither the end of its input nor a friendly signal ends it.
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1_000);
}

createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, params } = JSON.parse(line);
  heard.push({ id, method, params });
  if (id === undefined || mode === 'mute' || mode === 'endless') {
    return;
  }
  if (mode === 'garbage') {
    process.stdout.write('Welcome to the server!\n{"half":\n[]\n\u0000\n');
  }
  if (method === 'initialize') {
    send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'odd', version: '1' } } });
  } else if (method === 'tools/list') {
    const standard = () => ({ tools: [...Object.keys(calls).map(name => tool(name)), ...Array.from({ length: grown }, (_, i) => tool(`grown${i}`))] });
    send({ id, result: (lists[mode] ?? standard)(params?.cursor) });
  } else if (method === 'tools/call' && calls[params.name]) {
    const result = calls[params.name](params.arguments ?? {});
    if (result) {
      send({ id, result });
    }
  } else {
    send({ id, error: { code: -32601, message: 'No such method' } });
  }
});
