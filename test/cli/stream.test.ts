/** `ferry stream …` as two processes over loopback: what arrives, and how they end. */

import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { compareDisks } from '../../src/disks/flat.ts';
import { type Folder, MIB, newFolder, pattern, write } from '../disks/folder.ts';
import { type Ended, ferry, type Started, startFerry } from './ferry.ts';

const DATA_BYTES = 6 * MIB;
/** Tables and control frames around the data. */
const AROUND_BYTES = 64 * 1024;
const WINDOW_BYTES = 64 * MIB;

interface Offer {
  readonly address: string;
  readonly fingerprint: string;
  readonly ticket: string;
}

interface Report {
  readonly [name: string]: number | boolean | string;
  readonly sentBytes: number;
  readonly wireBytes: number;
  readonly file: string;
}

let folder: Folder;
let disk: string;
beforeAll(async () => {
  folder = await newFolder();
  disk = folder.path('sql01.vhdx');
  await createDisk(disk, { virtualBytes: 64 * MIB, blockBytes: MIB });
  await write(disk, 2 * MIB, pattern(DATA_BYTES, 1));
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

const into = (name: string): string => folder.path(name);
const reportIn = ({ out }: Ended): Report => JSON.parse(out.trim().split('\n').at(-1) ?? '');

async function offered(file: string, ...options: string[]): Promise<[Started, Offer]> {
  const sender = startFerry(['stream', 'send', file, '--listen', '127.0.0.1:0', ...options]);
  return [sender, JSON.parse(await sender.firstLine) as Offer];
}

const receiving = (offer: Offer, name: string, ...options: string[]): string[] => [
  ...['stream', 'receive', '--from', offer.address, '--fingerprint', offer.fingerprint],
  ...['--into', into(name), ...options],
];

const receive = (offer: Offer, name: string, ...options: string[]): Promise<Ended> =>
  ferry(receiving(offer, name, ...options), { FERRY_TICKET: offer.ticket });

/** Both ended well. */
async function moved(file: string, name: string, ...options: string[]): Promise<[Report, Report]> {
  const [sender, offer] = await offered(file, '--once', ...options);
  const received = await receive(offer, name, ...options.filter((one) => one === '--plain'));
  const sent = await sender.ended;
  expect([sent.code, received.code, received.err]).toEqual([0, 0, '']);
  return [reportIn(sent), reportIn(received)];
}

const forget = () => rm(`${disk}.ferry-stream`, { recursive: true, force: true });

describe('a disk that is sent', () => {
  it('arrives as it is, and both tell the same of it', async () => {
    await forget();
    const [sent, { file, ...received }] = await moved(disk, 'whole');
    expect(await compareDisks(disk, file)).toEqual({ equal: true });
    const alike = { virtualBytes: 64 * MIB, allocatedBytes: DATA_BYTES, sentBytes: DATA_BYTES };
    expect([sent, received]).toEqual([
      expect.objectContaining({ ...alike, verified: true }),
      expect.objectContaining({ ...alike, verified: true, wireBytes: sent.wireBytes }),
    ]);
    expect(sent.wireBytes).toBeLessThan(DATA_BYTES + AROUND_BYTES);
    expect(Object.keys(sent)).toEqual(Object.keys(received));
  });

  it('again is not sent twice, and of a changed one only what differs', async () => {
    await forget();
    await moved(disk, 'again');
    expect((await moved(disk, 'again'))[0].sentBytes).toBe(0);
    await write(disk, 3 * MIB, pattern(4096, 7));
    // A block that becomes zeros is sent as such: as a run, without bytes.
    await write(disk, 5 * MIB, Buffer.alloc(128 * 1024));
    const [sent, { file }] = await moved(disk, 'again');
    expect(sent.sentBytes).toBe(64 * 1024);
    expect(await compareDisks(disk, file)).toEqual({ equal: true });
  });

  it('is for the first receiver alone, also when the sender was started again', async () => {
    await forget();
    await moved(disk, 'first');
    const [sender, offer] = await offered(disk, '--once');
    expect(await receive(offer, 'second')).toMatchObject({
      code: 1,
      err: expect.stringContaining('refused'),
    });
    expect((await receive(offer, 'first')).code).toBe(0);
    expect((await sender.ended).code).toBe(0);
  });

  it('is sent from its last state on, when that is a file of its chain', async () => {
    await forget();
    await moved(disk, 'chain');
    const child = folder.path('sql01.avhdx');
    await createChild(child, disk);
    await write(child, 4 * MIB, pattern(1024, 3));
    const [sent, { file }] = await moved(child, 'chain', '--changed', disk);
    expect(sent.sentBytes).toBe(1024);
    expect(await compareDisks(child, file)).toEqual({ equal: true });
    const grandchild = folder.path('later.avhdx');
    await createChild(grandchild, child);
    const refused = await ferry([
      ...['stream', 'send', grandchild, '--listen', '127.0.0.1:0', '--changed', disk],
    ]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('was not sent') });
    await rm(grandchild);
    await rm(child);
  });

  it('is there for a receiver that comes again, until it is told to end', async () => {
    await forget();
    const [sender, offer] = await offered(disk);
    // A key that never shows the ticket.
    await receive({ ...offer, ticket: 'wrong' }, 'stranger');
    for (const isNew of [true, false]) {
      const received = await receive(offer, 'twice');
      expect([received.code, reportIn(received).sentBytes > 0]).toEqual([0, isNew]);
    }
    sender.kill('SIGINT');
    expect(await sender.ended).toMatchObject({ code: 3, err: '' });
  });

  it('is compressed on its way where that is asked for', async () => {
    await forget();
    const text = folder.path('text.vhdx');
    await createDisk(text, { virtualBytes: 8 * MIB, blockBytes: MIB });
    await write(text, MIB, Buffer.alloc(2 * MIB, 'again and again; '));
    const [sent, { file, ...received }] = await moved(text, 'packed', '--compress', 'on');
    expect(await compareDisks(text, file)).toEqual({ equal: true });
    expect([sent.sentBytes, sent.wireBytes < MIB]).toEqual([2 * MIB, true]);
    expect(received.wireBytes).toBe(sent.wireBytes);
  });

  it('comes over several connections where that is asked for, and never over none', async () => {
    await forget();
    const [sender, offer] = await offered(disk, '--once');
    const none = await receive(offer, 'several', '--connections', '0');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('--connections')]);
    const received = await receive(offer, 'several', '--connections', '3');
    expect([received.code, (await sender.ended).code]).toEqual([0, 0]);
    expect(await compareDisks(disk, reportIn(received).file)).toEqual({ equal: true });
  });

  it('goes without encryption where that is to be measured, and says so', async () => {
    await forget();
    const [sender, offer] = await offered(disk, '--once', '--plain');
    const received = await receive(offer, 'plain', '--plain');
    expect(received.code).toBe(0);
    expect(await sender.ended).toMatchObject({
      code: 0,
      err: expect.stringContaining('Without encryption'),
    });
  });
});

describe('a stream that is broken off', () => {
  it('goes on where it was, whoever is killed', async () => {
    await forget();
    const slow = ['--once', '--limit', '2MiB/s'];
    let [sender, offer] = await offered(disk, ...slow);
    const first = startFerry(receiving(offer, 'killed'), { FERRY_TICKET: offer.ticket });
    await sleep(1500);
    first.kill('SIGKILL');
    await first.ended;
    sender.kill('SIGINT');
    expect((await sender.ended).code).toBe(3);
    [sender, offer] = await offered(disk, ...slow);
    const received = await receive(offer, 'killed');
    expect(received.code).toBe(0);
    expect((await sender.ended).code).toBe(0);
    expect(reportIn(received).wireBytes).toBeLessThan(DATA_BYTES * 1.05 + WINDOW_BYTES);
    expect(await compareDisks(disk, reportIn(received).file)).toEqual({ equal: true });
  });
});

describe('a receiver', () => {
  it('takes nothing from another key, and gets nothing without the ticket', async () => {
    await forget();
    const [sender, offer] = await offered(disk, '--once');
    const stranger = { ...offer, fingerprint: 'ab'.repeat(32) };
    expect(await receive(stranger, 'none')).toMatchObject({
      code: 1,
      err: expect.stringContaining(`${offer.fingerprint}, not ${stranger.fingerprint}`),
    });
    expect(await receive({ ...offer, ticket: 'wrong' }, 'none')).toMatchObject({
      code: 1,
      err: expect.stringContaining('refused'),
    });
    sender.kill('SIGTERM');
    expect((await sender.ended).code).toBe(3);
    // Nobody listens there any more.
    expect((await receive(offer, 'none')).code).toBe(3);
  });

  it('says what is missing', async () => {
    const from = ['stream', 'receive', '--into', into('none'), '--from'];
    expect(await ferry([...from, '127.0.0.1:1'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('--fingerprint'),
    });
    const known = ['--fingerprint', 'ab'.repeat(32)];
    expect(await ferry([...from, '127.0.0.1:1', ...known])).toMatchObject({
      code: 1,
      err: expect.stringContaining('FERRY_TICKET'),
    });
    const ticket = { FERRY_TICKET: 'x' };
    expect(await ferry([...from, 'nowhere', ...known], ticket)).toMatchObject({
      code: 1,
      err: expect.stringContaining('nowhere'),
    });
  });
});
