/** The two-person rule on a real store: whoever clicks, however often, at the same time. */

import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../../src/domain/problem.ts';
import { sign } from '../../src/trust/signatures.ts';
import { stepsBefore } from './stories.ts';
import { codeOf } from './world.ts';
import { newWorld, world } from './world-of-test.ts';

jest.setTimeout(120_000);

/** Who asks in `world.opened()`. */
const ASKS = 'UASKS';
const PEOPLE = [ASKS, 'U1', 'U2', 'U3'] as const;

let operation = '';
let planHash = '';

/** A migration that asks for the cutover, opened by a bot with these rules. */
async function asking(approversNeeded: number, twoPersons = true): Promise<void> {
  await newWorld();
  const bot = world.again({ approversNeeded, twoPersons });
  const proposed = await bot.propose({ vm: 'dc02', target: 'hv-b', user: ASKS, channel: 'C1' });
  if (!('operation' in proposed)) throw new Error('Refused');
  operation = proposed.operation;
  planHash = (await world.operations.view(operation))?.planHash ?? '';
  await world.write(operation, stepsBefore('catchUp', planHash));
}

const approve = (user: string) => world.operations.approve(operation, { user, planHash });

async function approvals(): Promise<(readonly string[])[]> {
  const entries = await world.store.journal.read(operation);
  return entries.flatMap(({ body }) => (body.kind === 'approved' ? [body.users] : []));
}

describe('the approval of the person who asked', () => {
  it('does not count where two persons are needed, and nobody is taken for another', async () => {
    await asking(1);
    expect(await codeOf(approve(ASKS))).toBe('own-approval');
    expect((await world.operations.view(operation))?.approvals.users).toEqual([]);
    expect(await approve('U1')).toBe('approved');
    expect(await approvals()).toEqual([['U1']]);
  });

  it('counts where one person is enough', async () => {
    await asking(1, false);
    expect(await approve(ASKS)).toBe('approved');
  });
});

describe('clicks of several people at the same time', () => {
  it('tell the one who was counted that it is approved, though another click wrote the entry', async () => {
    await asking(1);
    const counted = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const now = async () => {
      counted.resolve();
      await written.promise;
      return await world.store.journal.now();
    };
    const slow = world.again({ store: { ...world.store.journal, now } });
    const first = slow.approve(operation, { user: 'U1', planHash });
    await counted.promise;
    await approve('U2');
    written.resolve();
    expect(await first).toBe('approved');
    expect(await approvals()).toEqual([['U1']]);
  });

  it('approve once, with exactly as many different people as are needed, never the one who asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        fc.array(fc.array(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 6 }), {
          minLength: 1,
          maxLength: 3,
        }),
        async (needed, twoPersons, bursts) => {
          await asking(needed, twoPersons);
          const counted = new Set<string>();
          const codes: string[] = [];
          for (const burst of bursts) {
            const ended = await Promise.allSettled(burst.map(approve));
            ended.forEach((one, index) => {
              const user = burst[index] ?? '';
              if (one.status === 'fulfilled') counted.add(user);
              else if (one.reason instanceof Problem) codes.push(`${one.reason.code} ${user}`);
              else throw one.reason;
            });
          }
          const allowed = new Set<string>(
            bursts.flat().filter((user) => !twoPersons || user !== ASKS),
          );
          const written = await approvals();
          expect(written).toHaveLength(allowed.size >= needed ? 1 : 0);
          for (const users of written) {
            expect(users).toHaveLength(needed);
            expect(new Set(users).size).toBe(needed);
            expect(users.every((user) => allowed.has(user) && counted.has(user))).toBe(true);
          }
          if (twoPersons) expect(counted.has(ASKS)).toBe(false);
          for (const code of codes) {
            expect(code).toMatch(/^(own-approval UASKS|(already-approved|plan-not-current) U.+)$/);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('a count that somebody else wrote into the store', () => {
  const key = () => `approvals/${operation}`;

  it('does not count, signed by nobody, by another key, or for another asking', async () => {
    await asking(2);
    const { records } = world.store;
    const forged = { users: ['U1', 'U2'], round: 0, planHash };
    const text = (rest: object) => `ferry approvals\n${JSON.stringify(rest)}`;
    const signatures = [
      '',
      sign(world.workers['hv-a'], text({ operation, planHash, round: 0, users: forged.users })),
      sign(world.bot, text({ operation: 'm99', planHash, round: 0, users: forged.users })),
      sign(world.bot, text({ operation, planHash, round: 7, users: forged.users })),
    ];
    for (const signature of signatures) {
      await records.put(key(), { ...forged, signature });
      expect((await world.operations.view(operation))?.approvals.users).toEqual([]);
    }
    expect(await approve('U3')).toEqual({ waitingFor: 1 });
    expect(await approvals()).toEqual([]);
    // Its own form does count: the test would notice if the signed text were another.
    const users = ['U1', 'U2'];
    const own = sign(world.bot, text({ operation, planHash, round: 0, users }));
    await records.put(key(), { ...forged, signature: own });
    expect((await world.operations.view(operation))?.approvals.users).toEqual(users);
  });

  it('with people added to a signed one does not count', async () => {
    await asking(3);
    await approve('U1');
    const { records } = world.store;
    const stored = (await records.get(key())) as { users: string[] };
    await records.put(key(), { ...stored, users: ['U1', 'U2', 'U3'] });
    expect(await approve('U9')).toEqual({ waitingFor: 2 });
    expect(await approvals()).toEqual([]);
  });
});
