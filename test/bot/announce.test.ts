import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { keepAlerts } from '../../src/bot/alert-book.ts';
import { type Announcer, startAnnouncer } from '../../src/bot/announce.ts';
import { eventIdOf, eventIds } from '../../src/bot/event-ids.ts';
import { logCommand } from '../../src/bot/system-log.ts';
import { webhookTo } from '../../src/bot/webhook.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { english, wordsIn } from '../../src/texts/words.ts';
import { fakeOperations, OPERATOR } from '../slack/fake-operations.ts';
import { memoryRecords } from '../slack/memory-records.ts';
import { until } from '../until.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const alert: Alert = {
  ...{ key: 'k', operation: 'm1', home: 'target', offers: [] },
  cause: { code: 'off-longer-than-planned', facts: { vm: 'dc02', seconds: 60, lost: 'at-target' } },
  raisedAt: Date.now(),
};

/** Answers in this order, and then with 200; keeps what it was sent. */
async function receiver(answers: readonly (number | 'hang')[] = []) {
  const got: string[] = [];
  const left = [...answers];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (part) => {
      body += String(part);
    });
    request.on('end', () => {
      got.push(body);
      const answer = left.shift() ?? 200;
      if (answer !== 'hang') response.writeHead(answer, { location: '/other' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=secret` };
}

async function bench(url?: string, words = english) {
  const operations = fakeOperations();
  const records = memoryRecords();
  const logged: string[] = [];
  const events: { id: number; text: string }[] = [];
  const log = (event: string, facts: object) => logged.push(`${event} ${JSON.stringify(facts)}`);
  await operations.propose({ vm: 'dc02', target: 'hv-b', user: OPERATOR, channel: 'C' });
  const start = (systemLog?: () => Promise<void>): Announcer => {
    const announcer = startAnnouncer({
      operations,
      records,
      log,
      words,
      systemLog: async (event) => {
        events.push(event);
        await systemLog?.();
      },
      webhook: url ? webhookTo({ url, log, firstWaitMs: 5, patienceMs: 300 }) : undefined,
      lookEveryMs: 5,
    });
    open.push(() => announcer.stop());
    return announcer;
  };
  const raise = async (changes: Partial<Alert> = {}) => {
    const alerts = [{ ...alert, ...changes }];
    // As the bot's own look does before anybody sees an alert.
    await keepAlerts(records, 'm1', alerts);
    operations.change('m1', { alerts });
  };
  return { operations, records, logged, events, start, raise };
}

describe('an alert outside Slack', () => {
  it('is in the log and in the system log with its id, once, also after a restart', async () => {
    const { events, logged, start, raise } = await bench();
    const first = start();
    await raise();
    await until(() => events.length === 1);
    await first.stop();
    const second = start();
    await raise({ mendedAt: Date.now() });
    await raise({ key: 'other', cause: { code: 'host-does-not-act', facts: { vm: 'dc02' } } });
    await until(() => events.some(({ id }) => id === 203));
    await second.stop();
    expect(events.map(({ id }) => id)).toEqual([201, 203]);
    expect(events[0]?.text).toContain('m1 dc02: ');
    expect(events[0]?.text).toContain('Nothing is lost: hv-b has all that dc02 wrote;');
    expect(logged.filter((one) => one.startsWith('alert '))).toHaveLength(2);
    expect(logged[0]).toContain('"eventId":201');
  });

  it('is told late when the bot was away as it arose, and says so', async () => {
    const { got, url } = await receiver();
    const { events, start, raise } = await bench(url);
    await raise({ raisedAt: 1_700_000_000_000 });
    start();
    await until(() => events.length === 1 && got.length === 1);
    expect(events[0]?.text).toContain('late: raised at 2023-11-14');
    expect(JSON.parse(got[0] ?? '')).toMatchObject({
      ...{ late: true, at: '2023-11-14T22:13:20.000Z' },
      lost: expect.stringContaining('hv-b has all that dc02 wrote'),
    });
  });

  it('is told in the language of channels; codes and names of fields stay', async () => {
    const { got, url } = await receiver();
    const { events, start, raise } = await bench(url, wordsIn('it'));
    await raise({ raisedAt: 1_700_000_000_000 });
    start();
    await until(() => events.length === 1 && got.length === 1);
    expect(events[0]?.text).toContain('(in ritardo: sorto 2023-11-14');
    const lost = expect.stringContaining('Nulla è andato perso: hv-b ha tutto');
    const code = 'off-longer-than-planned';
    expect(JSON.parse(got[0] ?? '')).toMatchObject({ id: 201, code, home: 'hv-b', lost });
  });

  it('is not told when it was mended long ago', async () => {
    const { events, start, raise } = await bench();
    await raise({ raisedAt: 1, mendedAt: 2 });
    start();
    await raise({ key: 'new' });
    await until(() => events.length === 1);
    expect(events).toHaveLength(1);
  });

  it('is in the log also where the machine has no such log, which is said once', async () => {
    const { logged, events, start, raise } = await bench();
    start(() => Promise.reject(Object.assign(new Error('spawn logger'), { code: 'ENOENT' })));
    await raise();
    await until(() => logged.some((one) => one.startsWith('system-log-failed')));
    await raise({ key: 'other' });
    await until(() => logged.filter((one) => one.startsWith('alert ')).length === 2);
    expect(events).toHaveLength(1);
  });

  it('does not wait for a webhook that hangs, nor one alert for another', async () => {
    const { got, url } = await receiver(['hang', 'hang', 'hang']);
    const { events, start, raise } = await bench(url);
    start();
    await raise();
    await until(() => got.length >= 1);
    await raise({ key: 'other' });
    await until(() => events.length === 2);
    await until(() => got.length >= 5);
  });
});

describe('the webhook', () => {
  const told = {
    ...{
      id: 201,
      code: 'x',
      operation: 'm1',
      vm: 'dc02',
      home: 'hv-b',
      text: 't',
      lost: 'l',
      remedy: 'r',
    },
    ...{ at: '2026-01-01T00:00:00.000Z', late: false },
  };
  const hook = (url: string, logged: string[] = []) =>
    webhookTo({
      url,
      firstWaitMs: 1,
      patienceMs: 300,
      log: (event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`),
    });
  const never = new AbortController().signal;

  it('gets the alert as JSON, and again after what may pass', async () => {
    const { got, url } = await receiver([500, 429, 'hang']);
    const logged: string[] = [];
    expect(await hook(url, logged)(told, never)).toBe('sent');
    expect(got.map((body) => JSON.parse(body))).toEqual([told, told, told, told]);
    expect(logged).toHaveLength(3);
    expect(logged.join()).not.toContain('secret');
  });

  it.each([400, 404, 302])('is given up at once after HTTP %d', async (status) => {
    const { got, url } = await receiver([status]);
    expect(await hook(url)(told, never)).toBe('given up');
    expect(got).toHaveLength(1);
  });

  it('is given up after a bounded number of attempts', async () => {
    const { got, url } = await receiver(Array.from({ length: 20 }, () => 503));
    expect(await hook(url)(told, never)).toBe('given up');
    expect(got).toHaveLength(12);
  });

  it('ends with the bot', async () => {
    const { got, url } = await receiver(['hang']);
    const stopping = new AbortController();
    const ended = hook(url)(told, stopping.signal);
    await until(() => got.length === 1);
    stopping.abort();
    expect(await ended).toBe('stopped');
  });
});

describe('the command for the system log', () => {
  it('is eventcreate on Windows, by its full path, and logger elsewhere', () => {
    expect(logCommand({ id: 201, text: 'dc02 is off' }, 'win32')).toEqual({
      file: 'C:\\Windows\\System32\\eventcreate.exe',
      args: ['/ID', '201', '/L', 'APPLICATION', '/T', 'ERROR', '/SO', 'Ferry', '/D', 'dc02 is off'],
    });
    expect(logCommand({ id: 201, text: '-p x' }, 'linux')).toEqual({
      file: 'logger',
      args: ['-t', 'ferry', '-p', 'daemon.err', '--', 'event 201: -p x'],
    });
  });

  it('has one bounded line, whatever a VM is called', () => {
    const { args } = logCommand({ id: 1, text: `a"b\n\u202ec${'\\'.repeat(5000)}` }, 'win32');
    expect(args.at(-1)).toBe("a'b c");
    expect(logCommand({ id: 1, text: 'x'.repeat(5000) }, 'linux').args.at(-1)?.length).toBeLessThan(
      1100,
    );
  });
});

describe('the ids of alerts', () => {
  const idOf = (key: string, code: string, home: Alert['home'] = 'source') =>
    eventIdOf({ key, home, cause: { code, facts: {} } });

  it('tell where the VM is when a step failed, and what happened otherwise', () => {
    expect(idOf('failed-x-run-y', 'y')).toBe(101);
    expect(idOf('failed-x-run-y', 'y', 'unknown')).toBe(104);
    expect(idOf('overdue-x', 'host-does-not-act')).toBe(203);
    expect(idOf('halt-hv-a-volumes-x', 'volumes-unwatched')).toBe(204);
    expect(idOf('halt-hv-a-journal-behind', 'journal-behind')).toBe(301);
    expect(idOf('halt-hv-a-x', 'journal-forged-signature')).toBe(303);
  });

  it('are different, within what Windows allows, and in docs/alerts.md', () => {
    const ids = eventIds();
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => id >= 1 && id <= 1000)).toBe(true);
    const docs = readFileSync('docs/alerts.md', 'utf8');
    const documented = [...docs.matchAll(/^\| (\d+) \|/gm)].map(([, id]) => Number(id));
    expect(documented).toEqual(ids.toSorted((a, b) => a - b));
  });
});
