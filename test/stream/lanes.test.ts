/** Sessions whose data comes over several connections. */

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Connection } from '../../src/stream/connection.ts';
import { type Control, PROTOCOL_VERSION } from '../../src/stream/frames.ts';
import type { Dial } from '../../src/stream/receiver.ts';
import type { SentRound } from '../../src/stream/sender.ts';
import { openRelay } from './relay.ts';
import { dialPlainly, MIB, noise, OPERATION, World } from './world.ts';

async function worldWith(mebibytes: number): Promise<World> {
  const world = await World.make([(mebibytes + 8) * MIB, 3 * MIB]);
  await world.write(0, (disk) => disk.write(MIB, noise(mebibytes * MIB)));
  await world.write(1, (disk) => disk.write(0, Buffer.alloc(2 * MIB, 'again; ')));
  return world;
}

/** What comes is there only a while later. */
function late(options: Parameters<Dial>[0], ms: number): Parameters<Dial>[0] {
  const { buffer, callback } = options.onread;
  if (!Buffer.isBuffer(buffer)) throw new Error('No buffer to read into');
  let last = Promise.resolve();
  const onRead = (count: number): boolean => {
    const bytes = Buffer.from(buffer.subarray(0, count));
    const waited = sleep(ms);
    last = last
      .then(() => waited)
      .then(() => {
        callback(bytes.copy(buffer), buffer);
      });
    return true;
  };
  return { ...options, onread: { buffer, callback: onRead } };
}

async function expectArrived(world: World, sent: SentRound): Promise<void> {
  expect(sent.digests.map(({ target }) => target)).toEqual(
    sent.digests.map(({ source }) => source),
  );
  const { source, target } = await world.contents();
  expect(target).toEqual(source);
}

describe('a session of several connections', () => {
  it.each([2, 8])('of %i brings whole rounds and changes', async (connections) => {
    await using world = await worldWith(24);
    const received: number[] = [];
    const dial: Dial = async (options) => {
      const index = received.push(0) - 1;
      const callback = (count: number, bytes: Buffer): boolean => {
        received[index] = (received[index] ?? 0) + count;
        return options.onread.callback(count, bytes);
      };
      return await dialPlainly({ ...options, onread: { ...options.onread, callback } });
    };
    await world.receive({ dial, connections });
    await expectArrived(world, await world.send(0, 'whole', { compress: 'on' }));
    await world.freeze();
    await world.write(0, async (disk) => {
      await disk.write(2 * MIB, noise(12 * MIB));
      await disk.zero(20 * MIB, 2 * MIB);
    });
    await expectArrived(world, await world.send(1, 'changes'));
    await world.receiver?.[Symbol.asyncDispose]();
    expect(received).toHaveLength(connections);
    expect(received.filter((bytes) => bytes > MIB).length).toBeGreaterThan(1);
    expect(world.problems).toEqual([]);
  });

  it('records and ends a round once what is late on another connection is here', async () => {
    await using world = await worldWith(12);
    let dialled = 0;
    const dial: Dial = async (options) => {
      dialled += 1;
      return await dialPlainly(dialled === 1 ? options : late(options, 200));
    };
    await world.receive({ dial, connections: 2 });
    await expectArrived(world, await world.send(0, 'whole'));
    await world.freeze();
    await world.write(0, (disk) => disk.write(0, noise(6 * MIB)));
    await expectArrived(world, await world.send(1, 'changes'));
    expect([dialled, world.problems]).toEqual([2, []]);
  });

  it('records nothing behind what has not come, however much has come since', async () => {
    await using world = await worldWith(12);
    let dialled = 0;
    const dial: Dial = async (options) => {
      dialled += 1;
      return await dialPlainly(dialled === 1 ? options : late(options, 5000));
    };
    await world.receive({ dial, connections: 2 });
    // Until the source has both.
    await sleep(300);
    const stop = new AbortController();
    const sending = world.send(0, 'whole', { signal: stop.signal });
    sending.catch(() => undefined);
    // Time enough to record what has come.
    await sleep(700);
    stop.abort(new Error('cut'));
    await expect(sending).rejects.toThrow('cut');
    await world.receiver?.[Symbol.asyncDispose]();
    await world.receive();
    await expectArrived(world, await world.send(0, 'whole'));
  });

  it('is dialled again when one of them breaks, and goes on where it was', async () => {
    await using world = await worldWith(24);
    let cuts = 0;
    let cutAt = 6 * MIB;
    await using relay = await openRelay(
      () => world.port,
      (_bytes, { bytesPassed, cutOne }) => {
        if (bytesPassed() < cutAt) return;
        cutAt += 12 * MIB;
        cuts += 1;
        cutOne();
      },
    );
    await world.receive({ port: relay.port, connections: 3 });
    await expectArrived(world, await world.send(0, 'whole'));
    expect(cuts).toBeGreaterThan(0);
    expect(relay.bytesPassed()).toBeLessThan(24.2 * MIB + cuts * 4 * MIB);
  });
});

describe('one more connection', () => {
  const hello = { kind: 'hello', version: PROTOCOL_VERSION, operation: OPERATION } as const;
  const say = async (world: World, message: Control): Promise<Connection> => {
    const connection = new Connection(connect(world.port, '127.0.0.1'));
    await connection.send(message);
    return connection;
  };

  it('is refused without the ticket, and ends where there is no first one', async () => {
    await using world = await worldWith(1);
    using stranger = await say(world, { ...hello, ticket: 'guessed', lane: 1 });
    expect(await stranger.expect('refused')).toMatchObject({ again: false });
    using early = await say(world, { ...hello, ticket: world.ticket, lane: 1 });
    await expect(early.next()).rejects.toThrow('broke');
  });

  it('beyond the eighth is not let in', async () => {
    await using world = await worldWith(1);
    using first = await say(world, { ...hello, ticket: world.ticket });
    await first.expect('welcome');
    using open = new DisposableStack();
    for (let lane = 1; lane < 8; lane += 1) {
      const more = open.use(await say(world, { ...hello, ticket: world.ticket, lane }));
      await more.expect('welcome');
    }
    using ninth = await say(world, { ...hello, ticket: world.ticket, lane: 7 });
    await expect(ninth.next()).rejects.toThrow('broke');
    expect(first.closed).toBe(false);
  });
});
