/** The watch for a guest that goes off late, on a real store, as the source's worker looks. */

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { alertsOf } from '../../src/bot/alerts.ts';
import { meaningOf } from '../../src/bot/requests.ts';
import { vmClaim } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { VmState } from '../../src/domain/vm.ts';
import { advance } from '../../src/migration/advance.ts';
import type { PeerAnswer, StepPorts } from '../../src/migration/ports.ts';
import { openMemory } from '../../src/trust/memory.ts';
import { signingJournal } from '../../src/worker/journal.ts';
import { lateStopsOf } from '../../src/worker/late-stop.ts';
import { bot, done, failed, started, stepsBefore } from '../bot/stories.ts';
import { dc02, openWorld, type World } from '../bot/world.ts';
import type { Written } from '../trust/journal-fixture.ts';
import { until } from '../until.ts';

const WHY = { code: 'guest-will-not-stop', facts: { vm: 'dc02', seconds: 300 } };
const AWAY = new Problem('peer-unreachable', { host: 'hv-b' });
const ABSENT: PeerAnswer = { startSeen: false, vm: 'absent' };

let world: World;
let operation = '';
beforeEach(async () => {
  world = await openWorld();
  operation = await world.opened();
});
afterEach(() => world[Symbol.asyncDispose]());

/** Taken back because the guest would not stop; watched for a day, or until then. */
async function takenBack(watchUntil = Date.now() + 86_400_000, more: readonly Written[] = []) {
  const { planHash } = await openingOf();
  await world.write(operation, [
    ...stepsBefore('stopSource', planHash),
    ...failed('stopSource', 'roll back', WHY),
    ...more,
    ...done('stopSource', { watchUntil }, 'undo'),
    ...['forbidSourceStart', 'trackChanges', 'createTargetDisks', 'reserveTarget'].flatMap((step) =>
      done(step, {}, 'undo'),
    ),
  ]);
  const claims = { release: [vmClaim(dc02.id)] };
  await world.write(operation, [bot({ kind: 'settled', home: 'source' })], claims);
  await world.write(operation, [bot({ kind: 'closed', outcome: 'rolled back' })]);
}

async function openingOf() {
  const [first] = await world.store.journal.read(operation);
  if (first?.body.kind !== 'opened') throw new Error('No opening');
  return first.body;
}

interface Seen {
  readonly state?: VmState | 'absent';
  readonly fenced?: boolean;
  readonly peer?: PeerAnswer | Problem;
}

/** The worker of hv-a after a restart: what it remembers is on its disk. */
async function worker({ state = 'Off', fenced = false, peer = ABSENT }: Seen = {}) {
  const guest = { state };
  const enqueued: string[] = [];
  const starts: string[] = [];
  const identity = world.workers['hv-a'];
  const memory = openMemory(join(world.directory, 'hv-a memory'));
  for (const one of await world.store.journal.list(10)) {
    await memory.remember(one, await world.store.journal.read(one));
  }
  const { journal: store } = world.store;
  const { fingerprint: botFingerprint } = world.bot;
  const steps = {
    memory,
    journal: signingJournal({ store, identity, botFingerprint, roleIn: () => 'source' }),
    host: {
      vm: async () => (guest.state === 'absent' ? undefined : { ...dc02, state: guest.state }),
      isFenced: async () => fenced,
      start: async () => {
        starts.push(guest.state);
        guest.state = 'Running';
        return 'ran';
      },
    },
    notebook: {
      read: async () => ({ round: 1, ended: {}, stoppedByUs: false, stopAsked: true }),
      write: async () => undefined,
    },
    stream: { limit: () => undefined },
    timing: { lateStopSeconds: 86_400 },
    sleep: async () => await new Promise(() => {}),
  } as unknown as StepPorts;
  const look = lateStopsOf({
    steps,
    memory,
    store: world.store,
    publicKey: identity.publicKey,
    peerOnce: () => ({
      tell: async () => {
        if (peer instanceof Problem) throw peer;
        return peer;
      },
    }),
    enqueue: async (one) => {
      enqueued.push(one);
    },
  });
  const act = () =>
    advance(operation, { side: 'source', ports: steps, stopping: new AbortController().signal });
  return { look, act, enqueued, starts, guest };
}

const entries = () => world.store.journal.read(operation);
const last = async () => (await entries()).at(-1)?.body;

describe('a guest that goes off late', () => {
  it('is started again, once, and people hear of it', async () => {
    await takenBack();
    const { look, act, enqueued, starts, guest } = await worker();
    await look();
    expect(await last()).toMatchObject({
      kind: 'failed',
      step: 'stopSource',
      move: 'undo',
      problem: { code: 'guest-stopped-late', facts: { vm: 'dc02', host: 'hv-a' } },
    });
    const none = { halts: {}, book: {} };
    const alert = async () =>
      alertsOf(operation, meaningOf(await entries(), Date.now()), none).at(-1);
    expect(await alert()).toMatchObject({ cause: { code: 'guest-stopped-late' }, home: 'source' });
    expect(await alert()).not.toHaveProperty('mendedAt');
    expect(enqueued).toEqual([operation]);
    // As after every failure it does not come at once.
    await until(async () => (await act()).kind === 'moved');
    expect(starts).toEqual(['Off']);
    expect(await alert()).toHaveProperty('mendedAt');
    guest.state = 'Off';
    const before = (await entries()).length;
    await look();
    expect([(await entries()).length, starts]).toEqual([before, ['Off']]);
  });

  it('is started also when its worker died after it had seen that', async () => {
    await takenBack();
    await (await worker()).look();
    const restarted = await worker();
    await restarted.look();
    expect(restarted.enqueued).toEqual([operation]);
    expect((await entries()).filter(({ body }) => body.kind === 'failed')).toHaveLength(2);
  });
});

describe('nothing is started', () => {
  it.each<[string, Seen]>([
    ['that runs', { state: 'Running' }],
    ['that is saved', { state: 'Saved' }],
    ['that is not here any more', { state: 'absent' }],
    ['that is fenced', { fenced: true }],
    ['that runs at the target', { peer: { startSeen: false, vm: 'running' } }],
    ['that may be started at the target', { peer: { startSeen: true, vm: 'off, fenced' } }],
  ])('%s', async (_name, seen) => {
    await takenBack();
    const { look, enqueued } = await worker(seen);
    const before = await entries();
    await look();
    expect(await entries()).toEqual(before);
    expect(enqueued).toEqual([]);
  });

  it('once the watch is over', async () => {
    await takenBack(Date.now() - 1000);
    const { look } = await worker();
    await look();
    expect(await last()).toEqual({ kind: 'closed', outcome: 'rolled back' });
  });

  it('that another operation holds, nor after one has ended', async () => {
    await takenBack();
    const other = await world.opened();
    const { look } = await worker();
    await look();
    expect(await last()).toMatchObject({ kind: 'closed' });
    const rolledBack = [
      bot({ kind: 'cancelled', by: 'U1' }),
      bot({ kind: 'settled', home: 'source' }),
      bot({ kind: 'closed', outcome: 'rolled back' }),
    ];
    await world.write(other, rolledBack, { release: [vmClaim(dc02.id)] });
    await (await worker()).look();
    expect(await last()).toMatchObject({ kind: 'closed' });
  });
});

describe('a target that does not answer', () => {
  it('is in the way of nothing when it was never given the VM', async () => {
    await takenBack();
    const { look } = await worker({ peer: AWAY });
    await look();
    expect(await last()).toMatchObject({ problem: { code: 'guest-stopped-late' } });
  });

  it('must say that the VM does not run there when it was given it', async () => {
    await takenBack(undefined, [started('registerTarget'), ...done('registerTarget', {}, 'undo')]);
    const { look } = await worker({ peer: AWAY });
    await look();
    expect(await last()).toMatchObject({ kind: 'closed' });
  });
});
