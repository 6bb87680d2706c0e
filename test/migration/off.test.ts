/** A VM that is off: no rounds, nothing stopped, and what is asked when it does not stay off. */

import { describe, expect, it } from '@jest/globals';
import type { Entry, EntryBody } from '../../src/domain/journal.ts';
import { isSameMove, planHash } from '../../src/domain/plan.ts';
import type { FrozenRound } from '../../src/domain/round.ts';
import { configurationFingerprint, type VmState } from '../../src/domain/vm.ts';
import { limitNow } from '../../src/migration/limit.ts';
import { nextAction } from '../../src/migration/next-action.ts';
import { hasOpenRounds } from '../../src/migration/space.ts';
import { stateOf } from '../../src/migration/state.ts';
import { AskAgain, type StepActs } from '../../src/migration/step.ts';
import { recheck } from '../../src/migration/steps/recheck.ts';
import { claimOf } from '../../src/migration/steps/reserve-target.ts';
import { stopSource } from '../../src/migration/steps/stop-source.ts';
import { trackChanges } from '../../src/migration/steps/track-changes.ts';
import { STREAM_1 } from '../../src/migration/steps.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { HOUR, journal, opened, START, started, stepContext, upTo } from './journals.ts';

const vm = vmFacts();
const disks = vm.disks.map(({ id, path, virtualBytes }) => {
  return { id, sourcePath: path, targetPath: path, virtualBytes };
});
const configuration = configurationFingerprint(vm);
const running = { ...opened.plan, disks, configuration };
const off = { ...running, stop: 'already off' } as const;

/** Every entry of a journal whose first one has this plan. */
const entriesOf = (...bodies: readonly (EntryBody | readonly EntryBody[])[]): Entry[] => {
  const [first, ...rest] = journal(...bodies);
  if (!first) throw new Error('An empty journal');
  return [{ ...first, body: { ...opened, plan: off } }, ...rest];
};

/** Asks nothing of the host but these: whatever else is called is no function. */
function contextOf(state: VmState, plan = off as typeof running | typeof off) {
  const offered: FrozenRound[] = [];
  const ports = {
    host: { vm: async () => ({ ...vm, state }), facts: async () => hostFacts('hv-a') },
    peer: () => ({ facts: async () => hostFacts('hv-b') }),
    stream: {
      offer: async (_: string, round: FrozenRound) => {
        offered.push(round);
        return { ticketHash: 'hash' };
      },
    },
    recheck: () => [],
    journal: { now: async () => START },
  };
  const context = stepContext({ ...opened, plan }, entriesOf(...upTo('recheck')), ports);
  return { context: { ...context, vmId: vm.id }, offered };
}

/** Why it asks again, if it does. */
async function askedBy({ run }: StepActs, ...told: Parameters<typeof contextOf>) {
  try {
    await run(contextOf(...told).context);
    return undefined;
  } catch (error) {
    if (error instanceof AskAgain) return error.code;
    throw error;
  }
}

describe('a VM that is off', () => {
  it('is offered as it is, with nothing frozen', async () => {
    const { context, offered } = contextOf('Off');
    await trackChanges.run(context);
    const paths = offered.flatMap((round) =>
      round.disks.map(({ disk, file }) => [disk, file.path]),
    );
    expect(paths).toEqual(vm.disks.map(({ id, path }) => [id, path]));
    await expect(trackChanges.run(contextOf('Running').context)).rejects.toMatchObject({
      code: 'off-vm-started',
    });
  });

  it('is asked for again when somebody started it, before it is fenced', async () => {
    expect(await askedBy(recheck, 'Off')).toBeUndefined();
    expect(await askedBy(recheck, 'Running')).toBe('off-vm-started');
    expect(await askedBy(stopSource, 'Off')).toBeUndefined();
    expect(await askedBy(stopSource, 'Running')).toBe('off-vm-started');
  });

  it('is not what people approved of one that ran', async () => {
    expect(await askedBy(recheck, 'Running', running)).toBeUndefined();
    expect(await askedBy(recheck, 'Off', running)).toBe('running-vm-off');
  });

  it('has another hash, and never becomes the plan of one that runs', () => {
    expect(planHash(off)).not.toBe(planHash(running));
    expect(isSameMove(off, running)).toBe(false);
    expect(isSameMove(off, { ...off, secondsMax: 1 })).toBe(true);
  });

  it('takes no memory of the target', () => {
    expect(claimOf(off, 'm1').memoryBytes).toBe(0);
    expect(claimOf(running, 'm1').memoryBytes).toBe(running.memoryStartupBytes);
  });

  it('waits for its approval without rounds, and expires', () => {
    const entries = entriesOf(...upTo('catchUp'));
    const next = nextAction(STREAM_1, entries, START + HOUR);
    expect(next).toMatchObject({ kind: 'await approval', of: 'cutover' });
    expect(next).not.toHaveProperty('meanwhile');
    expect(next.kind === 'await approval' && next.expiresAt).toBeGreaterThan(START + 23 * HOUR);
  });

  it('has no rounds for which the volumes are watched', () => {
    const state = stateOf(STREAM_1, entriesOf(...upTo('catchUp')));
    expect(hasOpenRounds(off, STREAM_1, state)).toBe(false);
    expect(hasOpenRounds(running, STREAM_1, state)).toBe(true);
  });

  it('is limited while it is copied: nobody waits for it', () => {
    const copying = [...upTo('copyLastRound'), started('copyLastRound')];
    const state = stateOf(STREAM_1, entriesOf(...copying));
    const limit = { bytesPerSecondMax: 5e6 };
    expect(limitNow({ ...off, ...limit }, state)).toBe(5e6);
    expect(limitNow({ ...running, ...limit }, state)).toBeUndefined();
  });
});
