import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Alert } from '../../src/domain/alert.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { ACTIONS, readValue } from '../../src/slack/actions/clicks.ts';
import type { MigrationView, StateKind } from '../../src/slack/operation-view.ts';
import {
  alertMessage,
  mendedMessage,
  reminderMessage,
} from '../../src/slack/views/alert-message.ts';
import { cut, escaped, type Message } from '../../src/slack/views/blocks.ts';
import { hashOf, operationMessage, percentOf } from '../../src/slack/views/operation-message.ts';
import { english, LANGUAGES, wordsIn } from '../../src/texts/words.ts';
import { OPERATOR, viewOf } from './fake-operations.ts';
import { buttonsOf, seen } from './message-parts.ts';

const GIB = 1024 ** 3;

const progress = {
  bytesDone: 43 * GIB,
  bytesTotal: 100 * GIB,
  bytesPerSecond: 110 * 1024 ** 2,
  round: 0,
  etaSeconds: 530,
};
const asking = (changes: Partial<MigrationView> = {}) =>
  viewOf({ state: { kind: 'asking', step: 'catchUp' }, ...changes });

describe("a migration's message", () => {
  it('says what moves where, who asked, and the plan', () => {
    const text = seen(operationMessage(viewOf(), english));
    expect(text).toContain('*Move dc02 from hv-a to hv-b*');
    expect(text).toContain('asked by <@U-OPERATOR>');
    expect(text).toContain('off for at most 60 s');
    expect(text).toContain('over 10.0.9.0/24');
    expect(text).toContain('1 disk (100 GiB)');
  });

  it('shows progress in percent, rate, time left and round', () => {
    const message = operationMessage(viewOf({ progress }), english);
    expect(seen(message)).toContain(
      '43 % · 43.0 GiB of 100 GiB · 110 MiB/s · about 9 min left · round 0',
    );
    expect(message.text).toContain('43 %');
  });

  it('promises no end while nothing moves, or while the target is still at it', () => {
    const rested = { ...progress, bytesPerSecond: 0, etaSeconds: 0 };
    expect(seen(operationMessage(viewOf({ progress: rested }), english))).toContain(
      '43 % · 43.0 GiB of 100 GiB · round 0',
    );
    const read = { ...progress, bytesDone: progress.bytesTotal, etaSeconds: 0 };
    expect(seen(operationMessage(viewOf({ progress: read }), english))).toContain(
      '100 GiB of 100 GiB · 110 MiB/s · round 0',
    );
  });

  it('lists findings with blockers first and counts those that are well', () => {
    const finding = (severity: Finding['severity'], code: string): Finding => {
      return { check: code, severity, code, facts: { vm: 'dc02', subnet: 's', what: 'it' } };
    };
    const findings = [
      finding('ok', 'vm-state-ok'),
      finding('warning', 'dedicated-network'),
      finding('ok', 'disk-size-ok'),
      finding('unknown', 'memory-unknown'),
      finding('blocker', 'vm-state'),
    ];
    const text = seen(operationMessage(viewOf({ findings }), english));
    expect(text).toContain('1 blocker, 1 unknown, 1 warning, 2 checks are well.');
    const at = ['*Blocker*', '*Unknown*', '*Warning*'].map((part) => text.indexOf(part));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(at[0]).toBeGreaterThan(0);
  });

  it('asks for approval with two buttons bound to the plan', () => {
    const view = asking({
      approvals: { users: [], needed: 2, twoPersons: false, expiresAt: 1_800_000_000_000 },
    });
    const message = operationMessage(view, english);
    const [approve, cancel] = buttonsOf(message);
    expect(approve).toMatchObject({
      action_id: ACTIONS.approve,
      style: 'danger',
      confirm: { style: 'danger', confirm: { text: 'Cut over' } },
    });
    expect(cancel?.action_id).toBe(ACTIONS.cancel);
    expect(readValue(approve?.value)).toEqual({ operation: 'm1', planHash: view.planHash });
    expect(seen(message)).toContain('2 approvals are missing');
    expect(seen(message)).toMatch(/<!date\^1800000000\^[^|]+\|2027-01-15 08:00 UTC>/);
  });

  it('says who approved, and why it asks again', () => {
    const view = asking({
      approvals: { users: ['U1'], needed: 2, twoPersons: false },
      state: {
        kind: 'asking',
        step: 'recheck',
        why: { code: 'virtual-switch', facts: { vm: 'dc02', host: 'hv-b', switches: ['LAN'] } },
      },
    });
    const text = seen(operationMessage(view, english));
    expect(text).toContain('Approved by <@U1>. 1 approval is missing.');
    expect(text).toContain('hv-b lacks virtual switches that dc02 uses: LAN.');
  });

  it.each<[StateKind, string[]]>([
    ['preparing', [ACTIONS.cancel]],
    ['copying', [ACTIONS.pause, ACTIONS.cancel]],
    ['asking', [ACTIONS.approve, ACTIONS.cancel]],
    ['cutting over', []],
    ['rolling back', []],
    ['migrated', []],
    ['rolled back', []],
    ['needs a person', []],
  ])('when %s, offers the buttons that make sense', (kind, ids) => {
    const message = operationMessage(viewOf({ state: { kind, step: 'x' } }), english);
    expect(buttonsOf(message).map((button) => button.action_id)).toEqual(ids);
    expect(message.text.length).toBeGreaterThan(20);
  });

  it('shows the totals at the end', () => {
    const result = {
      virtualBytes: 100 * GIB,
      allocatedBytes: 40 * GIB,
      sentBytes: 42 * GIB,
      rounds: 3,
      pauseSeconds: 7.25,
      totalSeconds: 640,
    };
    const view = viewOf({ result, state: { kind: 'migrated', step: 'retireSource' } });
    expect(seen(operationMessage(view, english))).toContain('off for 7.3 s');
    expect(operationMessage(view, english).text).toContain('Done: dc02 runs on hv-b.');
  });

  it('says which clean-up is pending', () => {
    const state = { kind: 'rolled back', step: 'x', cleanUpPending: 'hv-b' } as const;
    expect(seen(operationMessage(viewOf({ state }), english))).toContain(
      'Clean-up of hv-b is pending',
    );
  });
});

describe('the hash of a message', () => {
  const hash = (changes: Partial<typeof progress>) =>
    hashOf(viewOf({ progress: { ...progress, ...changes } }), english);

  it('stays while only rate, time left and less than a percent change', () => {
    const later = hash({ bytesPerSecond: 1, etaSeconds: 9, bytesDone: progress.bytesDone + 1000 });
    expect(later).toEqual(hash({}));
  });

  it('changes with a percent or a round, but not its state part', () => {
    for (const later of [hash({ bytesDone: 44 * GIB }), hash({ round: 1 })]) {
      expect(later.hash).not.toBe(hash({}).hash);
      expect(later.state).toBe(hash({}).state);
    }
  });

  it('changes in both parts with anything that people must see at once', () => {
    expect(hashOf(asking({ progress }), english).state).not.toBe(hash({}).state);
  });

  it.each([
    [0, 0, 0],
    [1, 0, 0],
    [999, 1000, 99],
    [1000, 1000, 100],
    [2000, 1000, 100],
    [-1, 10, 0],
    [Number.NaN, 10, 0],
  ])('counts %d of %d bytes as %d percent', (bytesDone, bytesTotal, percent) => {
    expect(percentOf({ ...progress, bytesDone, bytesTotal }) || 0).toBe(percent);
  });
});

describe('an alert', () => {
  const alert: Alert = {
    key: 'needs-a-person:startTarget',
    operation: 'm1',
    cause: {
      code: 'memory',
      facts: { vm: 'dc02', host: 'hv-b', bytesMissing: GIB, lost: 'at-source' },
    },
    home: 'source',
    offers: ['retry', 'rollback', 'heal-store'],
    raisedAt: 1_700_000_000_000,
  };
  const look = { words: english, operators: [OPERATOR, 'S-OPERATORS'], isLate: false };

  it('says cause, what runs where, what is lost, what to do, and calls the one who asked', () => {
    const message = alertMessage(viewOf(), alert, look);
    const text = seen(message);
    expect(text).toContain('hv-b lacks 1.0 GiB of memory for dc02');
    expect(text).toContain(
      'dc02 is on hv-a. Nothing is lost: the disks on hv-a have all that dc02 wrote.',
    );
    expect(text).toContain('*What to do*: Shut down or move other VMs on hv-b');
    expect(text).toContain('npm run -s ferry -- --env bot.env migration heal-store m1');
    expect(text).toContain('<@U-OPERATOR> <!subteam^S-OPERATORS>');
    expect(message.text).toContain('Nothing is lost: the disks on hv-a');
  });

  it('offers its buttons with operation, plan and alert, and asks before a roll-back', () => {
    const [retry, rollback, hear, ...none] = buttonsOf(alertMessage(viewOf(), alert, look));
    expect(none).toEqual([]);
    expect(hear?.action_id).toBe(ACTIONS.acknowledge);
    expect(retry?.action_id).toBe(ACTIONS.retry);
    expect(rollback).toMatchObject({ action_id: ACTIONS.rollback, confirm: { style: 'danger' } });
    const { planHash } = viewOf();
    expect(readValue(rollback?.value)).toEqual({ operation: 'm1', planHash, alert: alert.key });
  });

  it('says what is lost by its cause, also when it is repeated and when it is mended', () => {
    for (const [lost, say] of Object.entries(english.alerts.lost)) {
      const facts = { ...alert.cause.facts, lost };
      const one = { ...alert, cause: { code: 'memory', facts }, mendedAt: 1 };
      const { mendedAt: _, ...standing } = one;
      const said = say(viewOf().plan);
      expect(seen(alertMessage(viewOf(), standing, look))).toContain(said);
      expect(seen(alertMessage(viewOf(), one, look))).toContain(said);
      expect(mendedMessage(viewOf(), one, english).text).toContain(said);
      const again = reminderMessage(viewOf(), standing, { ...look, number: 1, count: 3 });
      expect(again.text).toContain(said);
    }
  });

  it.each(['toString', 'anything', 7])(
    'says that it is not known where the cause says %j',
    (lost) => {
      const cause = { code: 'memory', facts: { ...alert.cause.facts, lost } };
      const text = seen(alertMessage(viewOf(), { ...alert, cause }, look));
      expect(text).toContain('What is lost is not known');
    },
  );

  it.each(['source', 'target', 'nowhere', 'unknown'] as const)('has words for home %s', (home) => {
    const text = seen(alertMessage(viewOf(), { ...alert, home }, look));
    expect(text).toMatch(/dc02.*Nothing is lost/);
    expect(text).toMatch(/By hand, if Ferry is gone.*: .*dc02/);
  });

  it('names the next command in Slack and on the command line', () => {
    const offers = ['rollback'] as const;
    const text = seen(alertMessage(viewOf(), { ...alert, offers }, look));
    expect(text).toContain('press Roll back, or type `/migrate rollback m1`');
    expect(text).toContain('`npm run -s ferry -- --env bot.env migration rollback m1`');
    const none = seen(alertMessage(viewOf(), { ...alert, offers: [] }, look));
    expect(none).toContain('`/migrate status m1`');
    expect(none).toContain('migration show m1`');
  });

  it('says when it arose if it comes late, and who acknowledged it', () => {
    const heard = { by: 'U-APPROVER', at: 1_700_000_500_000 };
    const message = alertMessage(viewOf(), { ...alert, heard }, { ...look, isLate: true });
    expect(message.text).toContain('late: raised at <!date^1700000000');
    expect(seen(message)).toContain('Acknowledged by <@U-APPROVER>');
    expect(buttonsOf(message).map((one) => one.action_id)).not.toContain(ACTIONS.acknowledge);
  });

  it('that is mended says when and what runs where, and calls nobody', () => {
    const mended = { ...alert, home: 'target' as const, mendedAt: 1_700_000_900_000, offers: [] };
    const message = alertMessage(viewOf(), mended, look);
    expect(message.text).toMatch(/Mended at <!date\^1700000900.*dc02 is on hv-b/);
    expect(seen(message)).not.toContain('<@U-OPERATOR>');
    expect(buttonsOf(message)).toEqual([]);
  });
});

describe('text from outside', () => {
  it('is never markup, and hides nothing', () => {
    expect(escaped('<!channel> & <@U1>')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;');
    expect(escaped('a\u202eb\u0000c\nd')).toBe('a\ufffdb\ufffdc d');
  });

  it('is cut between entities, mentions and surrogate pairs', () => {
    expect(cut('ab&amp;cd', 6)).toBe('ab…');
    expect(cut('ab <@U123> cd', 8)).toBe('ab …');
    expect(cut('ab😀cd', 4)).toBe('ab…');
    expect(cut('abc', 3)).toBe('abc');
  });

  it.each(LANGUAGES)(
    'in %s stays within the limits of Slack, however long and odd the names are',
    (language) => {
      const words = wordsIn(language);
      const odd = fc.string({ unit: 'binary', size: 'max', maxLength: 3000 });
      fc.assert(
        fc.property(odd, odd, fc.nat(40), (name, fact, count) => {
          const cause = { code: 'free-space', facts: { host: name, volume: fact } };
          const findings: Finding[] = Array.from({ length: count }, () => {
            return { check: 'free-space', severity: 'blocker', ...cause };
          });
          const state = { kind: 'asking', step: name, why: cause, cleanUpPending: fact } as const;
          const users = Array.from({ length: count }, () => name);
          const approvals = { users, needed: 99, twoPersons: false, expiresAt: 0 };
          const vm = `<!channel>${name}`;
          const view = viewOf({ vm, findings, state, approvals, progress, requestedBy: name });
          const heard = { by: name, at: 0 };
          const alert: Alert = {
            ...{ key: 'k', operation: 'm1', cause, home: 'unknown', offers: ['retry'] },
            ...{ raisedAt: 0, heard },
          };
          const look = { words, operators: users, isLate: true };
          const all = [
            operationMessage(view, words),
            alertMessage(view, alert, look),
            alertMessage(view, { ...alert, mendedAt: 1 }, look),
            reminderMessage(view, alert, { ...look, number: 1, count: 3 }),
            mendedMessage(view, { ...alert, mendedAt: 1 }, words),
          ];
          for (const message of all) expectWithinLimits(message);
        }),
        { numRuns: 50 },
      );
    },
  );
});

function expectWithinLimits(message: Message): void {
  expect(message.text.length).toBeLessThanOrEqual(3000);
  expect(message.text.length).toBeGreaterThan(0);
  expect(message.blocks.length).toBeLessThanOrEqual(50);
  expect(seen(message)).not.toMatch(/<!(?!date)/);
  let characters = 0;
  for (const block of message.blocks) {
    const text = block.type === 'section' ? (block.text?.text ?? '') : '';
    characters += text.length;
    expect(text.length).toBeLessThanOrEqual(3000);
  }
  expect(characters).toBeLessThanOrEqual(13_000);
}
