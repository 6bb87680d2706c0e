import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { controlClient } from '../../../src/lab/slack/control-client.ts';
import { type SlackStandIn, startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { webClientOf } from './bolt-bot.ts';

const MAIN = join(import.meta.dirname, '../../../src/lab/slack/main.ts');

let directory: string;
const running: SlackStandIn[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-slack-'));
});

afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(): Promise<SlackStandIn> {
  const standIn = await startSlackStandIn({ directory });
  running.push(standIn);
  return standIn;
}

/** Over a connection of its own: fetch would take one that the first start closed. */
async function read(url: string, token: string): Promise<readonly [number | undefined, string]> {
  const headers = { authorization: `Bearer ${token}` };
  const [response] = (await once(get(url, { agent: false, headers }), 'response')) as [
    IncomingMessage,
  ];
  return [response.statusCode, await text(response)];
}

async function startedWith(messages: string): Promise<void> {
  await writeFile(join(directory, 'messages.jsonl'), messages);
  await start();
}

describe('a stand-in with a directory', () => {
  it('goes on with the same channel, port and tokens', async () => {
    const first = await start();
    const client = webClientOf(first.addresses);
    const target = { channel: 'C-MIGRATIONS' };
    const { ts = '' } = await client.chat.postMessage({ ...target, text: 'plan' });
    await client.chat.update({ ...target, ts, text: '43 %' });
    const gone = await client.chat.postMessage({ ...target, text: 'gone' });
    await client.chat.delete({ ...target, ts: gone.ts ?? '' });
    await client.chat.postEphemeral({ ...target, user: 'U-OPERATOR', text: 'only now' });
    await first.stop();

    const second = await start();
    expect(second.addresses).toEqual(first.addresses);
    expect(await second.messages()).toMatchObject([{ ts, text: '43 %', edits: 1 }]);
    expect(await second.ephemerals('U-OPERATOR')).toEqual([]);
    await client.chat.update({ ...target, ts, text: 'done' });
    const next = await client.chat.postMessage({ ...target, text: 'next' });
    expect(Number(next.ts)).toBeGreaterThan(Number(gone.ts));
    expect((await second.messages()).map(({ text }) => text)).toEqual(['done', 'next']);
  });

  it('shows all changes to a watcher who knows an earlier start', async () => {
    const first = await start();
    await first.say('olga', 'before');
    const { version } = await first.changes(0);
    await first.stop();
    const second = await start();
    await second.say('olga', 'after');
    const { messages } = await second.changes(version);
    expect(messages.map(({ text }) => text)).toEqual(['before', 'after']);
  });

  it('still has the files of its messages, and takes messages of older versions', async () => {
    const first = await start();
    const client = webClientOf(first.addresses);
    const target = { channel_id: 'C-MIGRATIONS', filename: 'm42.log' };
    await client.filesUploadV2({ ...target, file: Buffer.from('copied') });
    await first.stop();
    const second = await start();
    const [message] = await second.messages();
    const { controlToken } = second.addresses;
    const url = message?.files[0]?.url ?? '';
    expect(await read(url, controlToken)).toEqual([200, 'copied']);
    const outside = url.replace(/files\/F[0-9A-F]+/, 'files/..%2Fslack.json');
    expect(await read(outside, controlToken)).toEqual([404, '{}']);
    await second.stop();
    const path = join(directory, 'messages.jsonl');
    const { channel: _, files: __, ...older } = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, `${JSON.stringify(older)}\n`);
    const third = await start();
    expect(await third.messages()).toMatchObject([{ channel: 'C-MIGRATIONS', files: [] }]);
  });

  it('drops a line that a kill cut off, and only that', async () => {
    const first = await start();
    await first.say('olga', 'whole');
    await first.stop();
    const path = join(directory, 'messages.jsonl');
    const line = await readFile(path, 'utf8');
    for (const cut of [1, Math.floor(line.length / 2), line.length - 1]) {
      await writeFile(path, line);
      await appendFile(path, line.slice(0, cut));
      const again = await start();
      expect((await again.messages()).map(({ text }) => text)).toEqual(['whole']);
      await again.stop();
    }
    expect(await readFile(path, 'utf8')).toMatch(/^\{.*\}\n$/);
  });

  it('says which line is no message', async () => {
    const damaged = { code: 'slack-messages-damaged', facts: { line: 1 } };
    await expect(startedWith('{"kind":"message"}\n')).rejects.toMatchObject(damaged);
    await expect(startedWith('nonsense\n')).rejects.toMatchObject(damaged);
  });

  it('says when its tokens are damaged', async () => {
    await writeFile(join(directory, 'slack.json'), '{"port":1');
    await expect(start()).rejects.toMatchObject({
      code: 'slack-identity-damaged',
    });
  });

  it('cannot be started twice', async () => {
    const first = await start();
    await first.say('olga', 'here');
    await expect(start()).rejects.toMatchObject({
      code: 'slack-port-taken',
    });
    expect(await first.messages()).toHaveLength(1);
  });

  it('keeps its tokens from other users', async () => {
    await start();
    const { mode } = await stat(join(directory, 'slack.json'));
    // Windows has no such bits: the folder's own access list counts there.
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
    expect(mode).toBeGreaterThan(0);
  });
});

describe('the process', () => {
  const run = (...args: string[]) =>
    spawn('node', ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it.each(['SIGTERM', 'SIGINT'] as const)('says where it is, and ends on %s', async (signal) => {
    const child = run('--dir', directory);
    const [line] = await once(child.stdout, 'data');
    const addresses: unknown = JSON.parse(String(line));
    expect(addresses).toEqual({
      apiUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/$/),
      controlUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/lab\/$/),
      controlToken: expect.any(String),
      botToken: expect.stringMatching(/^xoxb-/),
      appToken: expect.stringMatching(/^xapp-/),
    });
    const control = controlClient(addresses as Parameters<typeof controlClient>[0]);
    await control.say('olga', 'kept');
    const waiting = control.waitFor(() => false);
    child.kill(signal);
    await expect(waiting).rejects.toMatchObject({ code: 'slack-stand-in-unreachable' });
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    const again = await start();
    expect(again.addresses).toEqual(addresses);
    expect((await again.messages()).map(({ text }) => text)).toEqual(['kept']);
  });

  it.each([
    [[], "The lab's Slack cannot start: --dir is missing. Start it with"],
    [['--dir', 'x', '--port', 'seven'], '--port seven is no port'],
  ])('says in a sentence what is wrong with %j', async (args, sentence) => {
    const child = run(...args);
    let said = '';
    child.stderr.on('data', (data) => {
      said += String(data);
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(said).toContain(sentence);
    expect(said).not.toContain('    at ');
  });
});
