import { describe, expect, it } from '@jest/globals';
import type { EntryBody, Role } from '../../src/domain/journal.ts';
import { planHash } from '../../src/domain/plan.ts';
import { signEntry } from '../../src/trust/signatures.ts';
import { verifyJournal } from '../../src/trust/verify-journal.ts';
import {
  approval,
  expected,
  journalOf,
  keys,
  newKey,
  opening,
  plan,
  refusal,
  type Written,
} from './journal-fixture.ts';

describe('who may write what', () => {
  const started = { kind: 'started', step: 'stopSource', move: 'run' } as const;
  const done = { kind: 'done', step: 'startTarget', move: 'run', facts: {} } as const;
  const cases: readonly [EntryBody, readonly Role[]][] = [
    [started, ['source']],
    [{ ...started, move: 'undo' }, ['source']],
    [{ ...started, step: 'reserveTarget' }, ['target']],
    [{ ...started, step: 'noSuchStep' }, []],
    [done, ['target']],
    [{ ...done, step: 'stopSource' }, ['source']],
    [
      { ...started, kind: 'failed', outcome: 'unknown', problem: { code: 'bug', facts: {} } },
      ['source'],
    ],
    [approval, ['bot']],
    [{ kind: 'expired', approval: 'cutover' }, ['bot']],
    [{ kind: 'replanned', plan, planHash: planHash(plan) }, ['bot']],
    [{ kind: 'paused', by: 'U1' }, ['bot', 'source', 'target']],
    [{ kind: 'resumed', by: 'U1' }, ['bot', 'source', 'target']],
    [{ kind: 'limited', by: 'U1', bytesPerSecondMax: 1e6 }, ['bot', 'source', 'target']],
    [{ kind: 'cancelled', by: 'U1' }, ['bot', 'source', 'target']],
    [{ kind: 'retried', by: 'U1' }, ['bot', 'source', 'target']],
    [{ kind: 'rollback', by: 'U1' }, ['bot', 'source', 'target']],
    [{ kind: 'settled', home: 'target' }, ['bot']],
    [{ kind: 'closed', outcome: 'migrated' }, ['bot']],
  ];
  const roles: readonly Role[] = ['bot', 'source', 'target'];
  const attempts = cases.flatMap(([body, writers]) =>
    roles.map((role) => ({ body, role, may: writers.includes(role) })),
  );
  const named = attempts.map(({ body, role, may }) => {
    const step = 'step' in body ? ` ${body.step} ${body.move}` : '';
    const name = `${role} ${may ? 'may' : 'may not'} write ${body.kind}${step}`;
    return { name, body, role, may };
  });

  it.each(named)('$name', ({ body, role, may }) => {
    const entries = journalOf([['bot', opening], [role, body] satisfies Written]);
    if (may) expect(verifyJournal(entries, expected)).toBeUndefined();
    else
      expect(refusal(entries)).toMatchObject({
        code: 'journal-wrong-author',
        facts: { operation: 'm1', position: 2, author: role, kind: body.kind },
      });
  });

  it.each(named.filter(({ may }) => may))(
    'the name of the author is not enough: $name, but not with another key',
    ({ body, role }) => {
      const others = [newKey(), ...roles.filter((other) => other !== role).map((r) => keys[r])];
      for (const key of others) {
        const entries = journalOf([['bot', opening]]);
        const [first, second] = journalOf([
          ['bot', opening],
          [role, body],
        ]);
        if (first === undefined || second === undefined) throw new Error('Two were written');
        const forged = signEntry(key, second);
        expect(refusal([...entries, forged]).code).toBe('journal-forged-signature');
      }
    },
  );
});
