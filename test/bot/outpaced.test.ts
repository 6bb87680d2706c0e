/**
 * A guest that writes faster than the limit lets through, on real steps, limit, journal, bot and
 * message; guest, disks and link are arithmetic on a clock that moves only when somebody waits.
 */

import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Replanner, replanner } from '../../src/bot/replan.ts';
import { look } from '../../src/bot/requests.ts';
import { migrationOf } from '../../src/domain/journal.ts';
import { SPACE_LIMITS } from '../../src/domain/space.ts';
import { advance } from '../../src/migration/advance.ts';
import type { OutgoingRound, StepPorts } from '../../src/migration/ports.ts';
import { remindersOf } from '../../src/slack/reminders.ts';
import { operationMessage } from '../../src/slack/views/operation-message.ts';
import { createRateLimit } from '../../src/stream/wrappers/throttled.ts';
import { wordsIn } from '../../src/texts/words.ts';
import { openMemory } from '../../src/trust/memory.ts';
import { signingJournal } from '../../src/worker/journal.ts';
import { openNotebook } from '../../src/worker/notebook.ts';
import { hostFacts } from '../preflight/facts.ts';
import { done, stepsBefore } from './stories.ts';
import { dc02 } from './world.ts';
import { newOperation, operation, read, world } from './world-of-test.ts';

const MIB = 1024 ** 2;
const [WRITES, LINK, LIMIT] = [12 * MIB, 110 * MIB, 5 * MIB];
const FRAME_BYTES = MIB;
const COPY_SECONDS = 30;

let now = 1e12;
let bot: Replanner;
let source: () => Promise<void>;
beforeEach(async () => {
  await newOperation();
  now = 1e12;
  bot = replanner({
    ...world.options,
    lookAgain: async (host) =>
      host === 'hv-a'
        ? { host: hostFacts(host, { vms: [dc02] }), vm: dc02 }
        : { host: hostFacts(host) },
    onFailure: (_, error) => {
      throw error;
    },
  });
  source = await sourceWorker();
});

const clock = {
  now: () => now,
  sleep: async (ms: number): Promise<void> => {
    now += ms;
  },
};

/** hv-a's worker; returns what makes one move of it. */
async function sourceWorker(): Promise<() => Promise<void>> {
  const limit = createRateLimit(undefined, clock);
  const notebook = await openNotebook(join(world.directory, 'notes'));
  await notebook.write(operation, { round: 0, ended: {}, frozenAt: now, stoppedByUs: false });
  let frozenAt = now;
  now += COPY_SECONDS * 1000;
  let bytes = 0;
  const ports = {
    journal: signingJournal({
      store: world.store.journal,
      identity: world.workers['hv-a'],
      botFingerprint: world.bot.fingerprint,
      roleIn: () => 'source',
    }),
    memory: openMemory(join(world.directory, 'memory of hv-a')),
    notebook,
    host: {
      vm: async () => dc02,
      volumes: async () => hostFacts('hv-a').volumes,
      openRound: async (_: string, number: number) => {
        bytes = ((now - frozenAt) / 1000) * WRITES;
        frozenAt = now;
        return { number, disks: [] };
      },
      closeRounds: async (_: string, number: number) => ({ number, disks: [] }),
    },
    stream: {
      limit: (_: string, bytesPerSecondMax: number | undefined) => limit.set(bytesPerSecondMax),
      send: async ({ round: { number } }: OutgoingRound) => {
        const startedAt = now;
        for (let left = Math.ceil(bytes); left > 0; ) {
          const sent = await limit.take(Math.min(left, FRAME_BYTES));
          now += (sent / LINK) * 1000;
          left -= sent;
        }
        const sent = { bytesRead: bytes, bytesSent: bytes, bytesCarried: bytes };
        return { number, ...sent, seconds: (now - startedAt) / 1000, digests: [] };
      },
    },
    now: clock.now,
    sleep: (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    space: SPACE_LIMITS,
    timing: { stopAndStartSeconds: 5, foreignCheckpointPatienceSeconds: 0 },
  } as unknown as StepPorts;
  const runner = { side: 'source', ports, stopping: new AbortController().signal } as const;
  return async () => {
    expect((await advance(operation, runner)).kind).toBe('moved');
  };
}

async function consider(): Promise<void> {
  bot.consider(operation, await look(world.options, operation));
  await bot.ended();
}

async function shown() {
  const view = await world.operations.view(operation);
  if (!view) throw new Error('No view');
  const words = wordsIn('en');
  const notes = remindersOf(words)(view, view.times.lookedAt ?? 0);
  return { view, text: JSON.stringify(operationMessage(view, words)), notes };
}

const pauseAsked = async (): Promise<number> => migrationOf(await read()).plan.pauseSecondsMax;

/** It writes more than twice the limit; asked is what the bot makes of that. */
async function untilItAsks(): Promise<void> {
  await world.operations.limit(operation, LIMIT, 'U1');
  await world.write(operation, stepsBefore('copyDirtyRounds'));
  await source();
  await world.write(operation, done('compareDisks'));
  await consider();
}

describe('a guest that writes faster than the limit', () => {
  it('is recognised within three rounds, and people are told what helps', async () => {
    await untilItAsks();
    const { view, text, notes } = await shown();
    expect(view.state.kind).toBe('asking');
    expect(view.outpaced?.round).toBeLessThanOrEqual(3);
    expect(text).toContain('dc02 changes 12.0 MiB/s, and 5.0 MiB/s are carried.');
    expect(text).toContain('The limit of 5.0 MiB/s holds it down: without one the link carried');
    const longer = await pauseAsked();
    expect(longer).toBeGreaterThan(view.outpaced?.pauseSeconds ?? Number.POSITIVE_INFINITY);
    for (const offer of [
      '/migrate limit',
      'off for at most 4 min',
      'do nothing',
      '/migrate cancel',
    ]) {
      expect(text).toContain(offer);
    }
    expect(notes.map(({ message }) => message.text).join()).toContain('/migrate limit');
  });

  it('is caught up with once the limit is raised: a round shows it at once', async () => {
    const before = await pauseAsked();
    await untilItAsks();
    await world.operations.limit(operation, undefined, 'U1');
    await source();
    await consider();
    const { view, text, notes } = await shown();
    expect(view.outpaced).toMatchObject({ fitsAgain: true, keepsUp: false });
    expect(text).toContain('It fits into the pause again');
    expect(text).not.toContain('What helps');
    expect(notes).toHaveLength(2);
    expect(await pauseAsked()).toBe(before);
    const approval = { user: 'U2', planHash: view.planHash };
    expect(await world.operations.approve(operation, approval)).toBe('approved');
    await source();
    const caughtUp = (await read()).at(-1)?.body;
    expect(caughtUp).toMatchObject({ kind: 'done', step: 'catchUp' });
    expect(caughtUp?.kind === 'done' && caughtUp.facts.pauseSeconds).toBeLessThanOrEqual(before);
  });

  it('is asked for again where people accept the longer pause and it is too short', async () => {
    await untilItAsks();
    const { view } = await shown();
    const longer = await pauseAsked();
    const approval = { user: 'U2', planHash: view.planHash };
    await world.operations.approve(operation, approval);
    await source();
    await consider();
    const { text, view: again } = await shown();
    expect(again.state.why?.code).toBe('pause-beyond-plan');
    expect(text).toContain('/migrate limit');
    expect(await pauseAsked()).toBeGreaterThan(longer);
  });
});
