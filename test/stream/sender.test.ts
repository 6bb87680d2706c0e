import { describe, expect, it } from '@jest/globals';
import { openChain } from '../../src/disks/chain.ts';
import type { Dial } from '../../src/stream/receiver.ts';
import { ticketHash } from '../../src/stream/ticket.ts';
import { faulty } from '../../src/stream/wrappers/faulty.ts';
import { openRelay, type Relay } from './relay.ts';
import { dialPlainly, MIB, noise, OPERATION, World } from './world.ts';

async function worldWith(mebibytes: number): Promise<World> {
  const world = await World.make([(mebibytes + 8) * MIB]);
  await world.write(0, (disk) => disk.write(0, noise(mebibytes * MIB)));
  return world;
}

const codes = (world: World): string[] => world.problems.map(({ code }) => code);

describe('a sender', () => {
  it('goes on after breaks where the target left off', async () => {
    await using world = await worldWith(24);
    let cutAt = 3 * MIB;
    await using proxy = await openRelay(
      () => world.port,
      (_bytes, relay: Relay) => {
        if (relay.bytesPassed() < cutAt) return;
        cutAt += 5 * MIB;
        relay.cut();
      },
    );
    await world.receive({ port: proxy.port });
    const sent = await world.send(0, 'whole');
    expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
    expect((await world.contents()).target).toEqual((await world.contents()).source);
    expect(proxy.bytesPassed()).toBeGreaterThan(24 * MIB);
    const breaks = Math.floor(proxy.bytesPassed() / (5 * MIB));
    expect(proxy.bytesPassed()).toBeLessThan(24.1 * MIB + breaks * 4 * MIB);
  });

  it('sends again what was damaged on its way, and the target tells', async () => {
    await using world = await worldWith(6);
    let damaged = false;
    await using proxy = await openRelay(
      () => world.port,
      (bytes, relay: Relay) => {
        if (damaged || relay.bytesPassed() < 2 * MIB) return;
        damaged = true;
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      },
    );
    await world.receive({ port: proxy.port });
    const sent = await world.send(0, 'whole');
    expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
    expect(codes(world)).toEqual(['stream-checksum']);
  });

  it('gives up when every try is damaged on its way', async () => {
    await using world = await worldWith(3);
    await using proxy = await openRelay(
      () => world.port,
      (bytes) => {
        if (bytes.length > 1000) bytes[999] = (bytes[999] ?? 0) ^ 1;
      },
    );
    await world.receive({ port: proxy.port });
    await expect(world.send(0, 'whole')).rejects.toMatchObject({ code: 'stream-checksum' });
  });

  it('says that the target cannot be reached when its patience ends', async () => {
    await using world = await worldWith(1);
    await expect(world.send(0, 'whole', { patienceSeconds: 0.2 })).rejects.toMatchObject({
      code: 'stream-unreachable',
      facts: { operation: OPERATION, waitSeconds: 0.2 },
    });
  });

  it('stops when it is told to, and goes on with the same round later', async () => {
    await using world = await worldWith(20);
    const stop = new AbortController();
    await using proxy = await openRelay(
      () => world.port,
      (_bytes, relay: Relay) => {
        if (relay.bytesPassed() > 8 * MIB) stop.abort(new Error('cancelled'));
      },
    );
    await world.receive({ port: proxy.port });
    await expect(world.send(0, 'whole', { signal: stop.signal })).rejects.toThrow('cancelled');
    const sent = await world.send(0, 'whole');
    expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
    expect(sent.bytesSent).toBeLessThan(18 * MIB);
  });

  it('tries a read again, and names disk and offset when that does not help', async () => {
    await using world = await worldWith(4);
    await using reader = await openChain(world.leaf(0));
    await world.receive();
    let failures = 2;
    const hiccup = faulty(reader, (offset) => offset === 2 * MIB && failures-- > 0);
    const disk = 'SCSI 0:0';
    const sent = await world.send(0, 'whole', { disks: [{ disk, reader: hiccup }] });
    expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
    const broken = faulty(reader, (offset) => offset === 3 * MIB);
    const sending = world.send(1, 'by digests', { disks: [{ disk, reader: broken }] });
    await expect(sending).rejects.toMatchObject({
      code: 'stream-read-failed',
      facts: { disk, offset: 3 * MIB },
    });
    expect(await (await world.copy()).read()).toMatchObject({ round: 0 });
  });

  it('is answered at once by a target that committed the round before', async () => {
    await using world = await worldWith(4);
    await world.receive();
    const first = await world.send(0, 'whole');
    const again = await world.send(0, 'whole');
    expect(again.bytesSent).toBe(0);
    expect(again.digests).toEqual(first.digests);
  });

  it('asks for the whole difference when the target does not stand on the round before', async () => {
    await using world = await worldWith(2);
    await world.receive();
    await world.send(0, 'whole');
    await world.freeze();
    await expect(world.send(2, 'changes')).rejects.toMatchObject({
      code: 'stream-resync-needed',
      facts: { round: 2, committed: 0 },
    });
  });
});

describe('a target', () => {
  it('refuses a round of an epoch behind the highest it has seen, also after a restart', async () => {
    await using world = await worldWith(2);
    await world.receive();
    await world.send(0, 'whole', { epoch: 5 });
    await world.receiver?.[Symbol.asyncDispose]();
    await world.receive();
    await world.freeze();
    await expect(world.send(1, 'changes', { epoch: 4 })).rejects.toMatchObject({
      code: 'stream-epoch-behind',
      facts: { epoch: 4, epochSeen: 5 },
    });
    expect((await world.send(1, 'changes', { epoch: 5 })).number).toBe(1);
  });

  it('refuses disks that are not of its session, and never makes a path of their names', async () => {
    await using world = await worldWith(2);
    await world.receive();
    await using reader = await openChain(world.leaf(0));
    const unknown = [{ disk: '../../etc/passwd', reader }];
    await expect(world.send(0, 'whole', { disks: unknown })).rejects.toMatchObject({
      code: 'stream-disk-unknown',
    });
    const larger = { virtualBytes: 99 * MIB, extents: () => reader.extents(), read: reader.read };
    const resized = [{ disk: 'SCSI 0:0', reader: larger }];
    await expect(world.send(0, 'whole', { disks: resized })).rejects.toMatchObject({
      code: 'stream-disk-size',
    });
    const twice = [0, 1].map(() => ({ disk: 'SCSI 0:0', reader }));
    await expect(world.send(0, 'whole', { disks: twice })).rejects.toMatchObject({
      code: 'stream-disks-missing',
    });
  });
});

describe('a ticket', () => {
  it('that is wrong is refused for good', async () => {
    await using world = await worldWith(1);
    const receiver = await world.receive({ ticket: 'guessed' });
    await receiver.ended;
    expect(codes(world)).toEqual(['stream-ticket-refused']);
  });

  it('that was stolen is refused to another key than the one that showed it first', async () => {
    await using world = await worldWith(2);
    await world.receive();
    await world.send(0, 'whole');
    await world.receiver?.[Symbol.asyncDispose]();
    world.peerKey = 'the key of a thief';
    const thief = await world.receive();
    await thief.ended;
    expect(codes(world)).toEqual(['stream-ticket-refused']);
    world.peerKey = 'the key of the target';
    await world.receive();
    expect((await world.send(0, 'whole')).number).toBe(0);
  });

  it('that is bound to a key from the start is refused to every other key', async () => {
    await using world = await worldWith(1);
    world.sender.withdraw(OPERATION);
    const publicKey = 'the key of someone else';
    const hash = ticketHash(world.ticket);
    world.sender.offer({ operation: OPERATION, ticketHash: hash, publicKey });
    await (await world.receive()).ended;
    expect(codes(world)).toEqual(['stream-ticket-refused']);
  });

  it('is void once it was withdrawn', async () => {
    await using world = await worldWith(1);
    await world.receive();
    await world.send(0, 'whole');
    world.sender.withdraw(OPERATION);
    await world.receiver?.ended;
    expect(codes(world)).toEqual(['stream-ticket-refused']);
  });

  it('that is not offered yet is asked for again', async () => {
    await using world = await World.make([MIB], { offered: false });
    await world.receive();
    while (!codes(world).includes('stream-not-offered')) await new Promise(setImmediate);
    world.sender.offer({ operation: OPERATION, ticketHash: ticketHash(world.ticket) });
    expect((await world.send(0, 'whole')).number).toBe(0);
  });

  it('may be dialled for in vain for as long as it takes', async () => {
    await using world = await worldWith(1);
    let tries = 0;
    const dial: Dial = async (options) => {
      tries += 1;
      if (tries < 4) throw new Error('no route');
      return await dialPlainly(options);
    };
    await world.receive({ dial });
    expect((await world.send(0, 'whole')).number).toBe(0);
    // The same problem again is told once.
    expect(world.problems).toHaveLength(1);
  });
});
