import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DrainPlan } from '../../src/domain/drain.ts';
import type { Entry, EntryBody, OpenedDrain } from '../../src/domain/journal.ts';
import { planHash } from '../../src/domain/plan.ts';
import {
  ASKED_SECONDS_MAX,
  type ChildState,
  type DrainNext,
  drainState,
  nextOfDrain,
} from '../../src/fleet/drain.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { subjectOf, vmFacts } from '../preflight/facts.ts';

const PARTY = { name: 'hv-a', publicKey: '' };
const APPROVED: EntryBody = {
  ...{ kind: 'approved', approval: 'drain', planHash: '', users: ['U1'], expiresAt: 0 },
};

function planOf(groups: readonly number[], changes: Partial<DrainPlan> = {}): DrainPlan {
  const moves = groups.map((group, index) => {
    const vm = vmFacts({ id: `id${index}`, name: `vm${index}` });
    const { plan } = makePlan(subjectOf({ vm }), { findings: [] });
    return { plan, planHash: planHash(plan), group };
  });
  return { method: 'drain', host: 'hv-a', moves, stays: [], atOnce: 2, ...changes };
}

function openedBy(plan: DrainPlan): OpenedDrain {
  return {
    ...{ kind: 'opened', operation: plan.method, list: 'drain@1', plan, planHash: planHash(plan) },
    ...{ requestedBy: 'U0', approversNeeded: 1, twoPersons: false, channel: 'C1' },
    parties: { bot: PARTY, source: PARTY, target: PARTY },
  };
}

const entriesOf = (bodies: readonly EntryBody[]): Entry[] =>
  bodies.map((body, index) => ({
    ...{ operation: 'd1', position: index + 1, previous: '', author: 'bot' as const },
    ...{ body, signature: '', at: 0 },
  }));
const next = (
  bodies: readonly EntryBody[],
  children: Readonly<Record<string, ChildState>> = {},
  now = 0,
): DrainNext =>
  nextOfDrain(drainState(entriesOf(bodies)), (name) => children[name] ?? 'not opened', now);
const member = (index: number): EntryBody => {
  return { kind: 'member', vm: `id${index}`, member: `m${index}` };
};
const left = (index: number): EntryBody => {
  return { kind: 'left', vm: `id${index}`, problem: { code: 'vm-claimed', facts: {} } };
};
const begun = (one: DrainNext): string[] =>
  one.kind === 'moves' ? one.begin.map((move) => move.plan.vm.name) : [];

describe('a drain that nobody has approved', () => {
  const opened = openedBy(planOf([0]));

  it('waits, expires, and ends with nothing done', () => {
    expect(next([opened])).toMatchObject({ kind: 'asks' });
    expect(next([opened], {}, ASKED_SECONDS_MAX * 1000)).toEqual({ kind: 'expires' });
    const ends = { kind: 'ends', outcome: 'cancelled' };
    expect(next([opened, { kind: 'expired', approval: 'drain' }])).toEqual(ends);
    expect(next([opened, { kind: 'cancelled', by: 'U1' }])).toEqual(ends);
    expect(next([opened, { kind: 'closed', outcome: 'cancelled' }])).toEqual({ kind: 'over' });
  });
});

describe('an approved drain', () => {
  const opened = openedBy(planOf([0, 0, 0, 1]));

  it('begins as many as move at once, and the next group once the one before is over', () => {
    expect(begun(next([opened, APPROVED]))).toEqual(['vm0', 'vm1']);
    const three = [opened, APPROVED, member(0), member(1)];
    expect(begun(next(three, { m0: 'moved', m1: 'runs' }))).toEqual(['vm2']);
    const all = [...three, member(2)];
    expect(begun(next(all, { m0: 'moved', m1: 'failed', m2: 'runs' }))).toEqual([]);
    expect(begun(next(all, { m0: 'moved', m1: 'failed', m2: 'moved' }))).toEqual(['vm3']);
  });

  it('finishes what has a name, whatever was asked since', () => {
    const stopped: EntryBody = { kind: 'cancelled', by: 'U1' };
    expect(begun(next([opened, APPROVED, member(0), stopped]))).toEqual(['vm0']);
    expect(begun(next([opened, APPROVED, member(0), { kind: 'paused', by: 'U1' }]))).toEqual([
      'vm0',
    ]);
  });

  it('approves what asks for what was approved, and no more once it was cancelled', () => {
    const begunBoth = [opened, APPROVED, member(0), member(1)];
    const children = { m0: 'asks', m1: 'runs' } as const;
    expect(next(begunBoth, children)).toMatchObject({ approve: ['m0'] });
    expect(next([...begunBoth, { kind: 'cancelled', by: 'U1' }], children)).toMatchObject({
      ...{ kind: 'moves', approve: [], begin: [] },
    });
  });

  it('lets what runs end while it is paused, and begins nothing', () => {
    const paused = [opened, APPROVED, member(0), { kind: 'paused', by: 'U1' }] as const;
    expect(next(paused, { m0: 'moved' })).toEqual({ kind: 'moves', begin: [], approve: [] });
    const resumed = [...paused, { kind: 'resumed', by: 'U1' }] as const;
    expect(begun(next(resumed, { m0: 'moved' }))).toEqual(['vm1', 'vm2']);
  });

  it('goes on after one that failed or was never begun, and stops where that was asked', () => {
    const failed = { m0: 'failed', m1: 'moved' } as const;
    expect(begun(next([opened, APPROVED, member(0), member(1)], failed))).toEqual(['vm2']);
    expect(begun(next([opened, APPROVED, left(0), left(1)]))).toEqual(['vm2']);
    const strict = openedBy(planOf([0, 0, 0], { stopOnFailure: true }));
    expect(next([strict, APPROVED, member(0), member(1)], failed)).toEqual({
      ...{ kind: 'ends', outcome: 'drained' },
    });
  });

  it('is not over while one of its VMs needs a person', () => {
    const one = openedBy(planOf([0]));
    expect(next([one, APPROVED, member(0)], { m0: 'stuck' }).kind).toBe('moves');
    expect(next([one, APPROVED, member(0)], { m0: 'failed' })).toMatchObject({
      outcome: 'drained',
    });
  });

  it('of nothing ends at once; a return ends as one', () => {
    expect(next([openedBy(planOf([])), APPROVED]).kind).toBe('ends');
    const back = openedBy(planOf([], { method: 'return' }));
    expect(next([back, APPROVED])).toEqual({ kind: 'ends', outcome: 'returned' });
  });
});

describe('whatever the moves come to', () => {
  it('ends, with each VM begun once, in the order of the groups and within the limit', () => {
    const plans = fc
      .tuple(fc.array(fc.nat(2), { maxLength: 8 }), fc.integer({ min: 1, max: 3 }))
      .map(([groups, atOnce]) => planOf(groups.toSorted(), { atOnce }));
    const ends = fc.array(fc.constantFrom<ChildState>('moved', 'failed'), { minLength: 8 });
    fc.assert(
      fc.property(plans, ends, fc.infiniteStream(fc.nat()), (plan, outcomes, chance) => {
        const bodies: EntryBody[] = [openedBy(plan), APPROVED];
        const children: Record<string, ChildState> = {};
        for (let turn = 0; turn <= plan.moves.length * 3; turn += 1) {
          const now = next(bodies, children);
          if (now.kind === 'ends')
            return expect(Object.keys(children)).toHaveLength(plan.moves.length);
          if (now.kind !== 'moves') throw new Error(now.kind);
          for (const move of now.begin) {
            const index = plan.moves.indexOf(move);
            const earlier = plan.moves.flatMap(({ group }, at) => (group < move.group ? [at] : []));
            expect(earlier.every((at) => children[`m${at}`] !== 'runs')).toBe(true);
            expect(earlier.every((at) => `m${at}` in children)).toBe(true);
            expect(children).not.toHaveProperty(`m${index}`);
            bodies.push(member(index));
            children[`m${index}`] = 'runs';
          }
          const running = Object.keys(children).filter((name) => children[name] === 'runs');
          expect(running.length).toBeLessThanOrEqual(plan.atOnce);
          const one = running[(chance.next().value ?? 0) % Math.max(1, running.length)];
          if (one) children[one] = outcomes[Number(one.slice(1))] ?? 'moved';
        }
        throw new Error('It does not end');
      }),
    );
  });
});
