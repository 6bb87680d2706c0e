import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from '../../src/domain/finding.ts';
import { contentOf } from '../../src/lab/slack/message-rules.ts';
import type { CopyRow, HistoryRow, HostRow } from '../../src/slack/rows.ts';
import {
  deletionRefusalAnswer,
  problemAnswer,
  refusalAnswer,
  statusAnswer,
} from '../../src/slack/views/answers.ts';
import type { Message } from '../../src/slack/views/blocks.ts';
import { hostsAnswer, vmsAnswer } from '../../src/slack/views/host-answers.ts';
import { copiesAnswer, doctorAnswer, historyAnswer } from '../../src/slack/views/record-answers.ts';
import { english, LANGUAGES, wordsIn } from '../../src/texts/words.ts';
import { hostRowOf, OPERATOR, viewOf } from './fake-operations.ts';

const GIB = 1024 ** 3;
const DAY_MS = 24 * 3_600_000;

const [dc02] = hostRowOf().vms;
if (!dc02) throw new Error('The host row has a VM');

const copyOf = (changes: Partial<CopyRow> = {}): CopyRow => ({
  vm: { id: dc02.id, name: 'dc02' },
  host: 'hv-b',
  operation: 'm7',
  kind: 'received',
  committedAt: 0,
  bytes: 40 * GIB,
  inUse: false,
  ...changes,
});

const historyOf = (changes: Partial<HistoryRow> = {}): HistoryRow => ({
  operation: 'm12',
  kind: 'migration',
  vm: 'dc02',
  source: 'hv-a',
  target: 'hv-b',
  requestedBy: OPERATOR,
  approvedBy: ['U-APPROVER'],
  outcome: 'migrated',
  openedAt: 0,
  closedAt: 600_000,
  pauseSeconds: 12,
  ...changes,
});

const away: HostRow = { name: 'hv-b', state: 'away', seenAt: 1000, vms: [], volumes: [] };
const finding = (severity: Finding['severity'], code: string): Finding => {
  return { check: code, severity, code, facts: { host: 'hv-b', vm: 'dc02' } };
};

describe('hosts', () => {
  it('shows their free space and VMs, and since when one is away', () => {
    const unknown = { ...away, name: 'hv-c', state: 'not enrolled' } as const;
    const { text } = hostsAnswer([hostRowOf(), away, unknown], english);
    expect(text).toContain('hv-a: ready; 500 GiB of 1000 GiB free on D:; dc02 (running)');
    expect(text).toMatch(/hv-b: away: its worker does not answer; last heard <!date\^1\^/);
    expect(text).toContain('hv-c: not enrolled: type "/migrate enroll');
  });

  it('says what to do when there is none', () => {
    expect(hostsAnswer([], english).text).toContain('Start a worker');
  });
});

describe('vms', () => {
  it('shows where each is, how large, whether a copy exists, and what is under way', () => {
    const open = [viewOf()];
    const { text } = vmsAnswer({ hosts: [hostRowOf()], copies: [copyOf()], open }, english);
    expect(text).toContain(
      'dc02: running on hv-a; 4.0 GiB of memory; 1 disk (100 GiB); a copy on hv-b; m1 is under way',
    );
  });

  it('does not call its own disks a copy, nor those of another VM of this name', () => {
    const copies = [
      copyOf({ host: 'hv-a' }),
      copyOf({ host: 'hv-c', vm: { id: 'other', name: 'dc02' } }),
    ];
    const { text } = vmsAnswer({ hosts: [hostRowOf()], copies, open: [] }, english);
    expect(text).not.toContain('copy');
  });

  it('says whose VMs are not listed', () => {
    const { text } = vmsAnswer({ hosts: [hostRowOf(), away], copies: [], open: [] }, english);
    expect(text).toContain('VMs of hv-b');
    const none = vmsAnswer({ hosts: [away], copies: [], open: [] }, english);
    expect(none.text).toContain('No host that answers has a VM. Not listed');
  });
});

describe('history', () => {
  it('says who asked, who approved, how it ended, the pause and why', () => {
    const why = { code: 'host-away', facts: { host: 'hv-b' } };
    const rows = [
      historyOf(),
      historyOf({ operation: 'm11', outcome: 'rolled back', approvedBy: [], why }),
      historyOf({ operation: 'm10', kind: 'deletion', outcome: 'deleted' }),
    ];
    const { text } = historyAnswer({ rows, isCut: false }, english);
    expect(text).toMatch(/m12, dc02 from hv-a to hv-b, <!date[^>]+>; moved; off for 12 s; 10 min/);
    expect(text).toContain('asked by <@U-OPERATOR>; approved by <@U-APPROVER>');
    expect(text).toContain('rolled back; off for 12 s; 10 min in all');
    expect(text).toContain('approved by nobody; why: The worker of hv-b does not answer.');
    expect(text).toContain('m10, copy of dc02 on hv-b');
  });

  it('mentions who cancelled or took back, of a move and of a deletion', () => {
    const why = (code: string) => ({ code, facts: { by: 'U-OPERATOR' } });
    const rows = [
      historyOf({ outcome: 'rolled back', why: why('cancelled') }),
      historyOf({ kind: 'deletion', outcome: 'rolled back', why: why('rollback-asked') }),
    ];
    const { text } = historyAnswer({ rows, isCut: false }, english);
    expect(text).toContain('why: Cancelled by <@U-OPERATOR>');
    expect(text).toContain('why: Taken back by <@U-OPERATOR>');
    expect(text).not.toMatch(/(?<!<@)U-OPERATOR/);
  });

  it('is for the asker alone: it mentions people without calling them', () => {
    const all = { rows: [historyOf()], isCut: false };
    expect(historyAnswer(all, english).onlyForAsker).toBe(true);
  });

  it('says how many are not shown, and how to see them', () => {
    const rows = Array.from({ length: 30 }, (_, index) => historyOf({ operation: `m${index}` }));
    const all = { rows, isCut: false };
    const { text } = historyAnswer(all, english);
    expect(text).toContain(
      'Shown are the newest 10 of 30.\nThose of one VM: /migrate history &lt;vm&gt;.',
    );
    expect(text).not.toContain('looked at');
    const ofVm = historyAnswer({ ...all, vm: 'dc02' }, english).text;
    expect(ofVm).toContain('the newest 10 of 30');
    expect(ofVm).not.toContain('Those of one VM');
    const few = historyAnswer({ rows: rows.slice(0, 10), isCut: false }, english).text;
    expect(few).not.toContain('newest');
  });

  it('says that older ones were not looked at, also where all that were found are shown', () => {
    const { text } = historyAnswer({ rows: [historyOf()], isCut: true, vm: 'dc02' }, english);
    expect(text).toContain('Only the newest 1000 operations were looked at');
    expect(text).not.toContain('Shown are');
  });

  it('says so when nothing was done', () => {
    expect(historyAnswer({ rows: [], isCut: false }, english).text).toBe('Nothing was done yet.');
  });
});

describe('copies', () => {
  it('shows age, size, kind, whose it is, and whether it is in use', () => {
    const copies = [copyOf(), copyOf({ host: 'hv-c', kind: 'left behind', inUse: true })];
    const { text } = copiesAnswer({ copies, orders: [], now: DAY_MS }, english);
    expect(text).toContain('dc02 on hv-b; 40.0 GiB; 24 h old; received by a move; of m7');
    expect(text).toContain('left behind by a move, as the VM was then; of m7; in use');
    expect(text).toContain('/migrate delete copy &lt;vm&gt; on &lt;host&gt;');
    expect(copiesAnswer({ copies: [], orders: [], now: DAY_MS }, english).text).toContain(
      'No host that answers has a copy',
    );
  });

  it('say until when they are meant to be kept, and when that is over', () => {
    const keptUntil = 20 * DAY_MS;
    const text = (now: number) =>
      copiesAnswer(
        { copies: [copyOf({ kind: 'left behind', keptUntil })], orders: [], now },
        english,
      ).text;
    expect(text(keptUntil - 1)).toMatch(/of m7; meant to be kept until <!date\^1728000\^/);
    expect(text(keptUntil)).toMatch(/of m7; free to be deleted since <!date\^1728000\^/);
  });
});

describe('doctor', () => {
  it('says what must be mended first, with its remedy, and counts what is well', () => {
    const { text } = doctorAnswer(
      [finding('ok', 'host-away'), finding('warning', 'host-away'), finding('blocker', 'vm-state')],
      english,
    );
    const at = ['Blocker', 'Warning', 'Start the Ferry worker on hv-b', '1 look is well.'];
    const places = at.map((part) => text.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('says that all is well, and never that nothing was looked at', () => {
    expect(doctorAnswer([finding('ok', 'x')], english).text).toBe('1 look, all is well.');
    expect(doctorAnswer([], english).text).toBe('Nothing was looked at.');
  });
});

describe('status', () => {
  it('lists what is under way, or says that nothing is', () => {
    const progress = { bytesDone: 43, bytesTotal: 100, bytesPerSecond: 1, round: 0, etaSeconds: 1 };
    expect(statusAnswer([viewOf({ progress })], english).text).toContain(
      'm1, Move dc02 from hv-a to hv-b: Copying. dc02 runs on hv-a. 43 % <#C-MIGRATIONS>',
    );
    expect(statusAnswer([], english).text).toBe('No migration is under way.');
  });
});

describe('a refusal', () => {
  it('gives blockers and their remedies, not what is well', () => {
    const refused = [finding('ok', 'vm-state-ok'), finding('blocker', 'vm-without-disks')];
    const { text } = refusalAnswer({ vm: 'dc02', target: 'hv-b' }, refused, english);
    expect(text).toContain('dc02 cannot be moved to hv-b now');
    expect(text).toContain('dc02 has no disks');
    expect(text).not.toContain('well');
    expect(deletionRefusalAnswer({ vm: 'dc02', host: 'hv-b' }, refused, english).text).toContain(
      'The copy of dc02 on hv-b cannot be deleted now:',
    );
  });

  it('names the people who may', () => {
    const problem = { code: 'not-an-approver', facts: {} };
    expect(problemAnswer(problem, english, ['U1', '<!here>']).text).toContain(
      'Who may: <@U1>, &lt;!here&gt;',
    );
  });
});

describe('every answer', () => {
  it.each(LANGUAGES)(
    'in %s is taken by Slack and obeys no markup, however odd the names',
    (language) => {
      const words = wordsIn(language);
      const odd = fc.oneof(
        fc.string({ unit: 'binary', size: 'max', maxLength: 3000 }),
        fc.constantFrom('<!channel>', '<@U1>', '\u202egnp.exe', 'a\u200bb', '*bold* `x`', '"'),
      );
      fc.assert(
        fc.property(odd, odd, fc.nat(60), (name, other, count) => {
          const many = <T>(value: T): T[] => Array.from({ length: count }, () => value);
          const vms = many({ ...dc02, name, state: other });
          const host = hostRowOf({
            name: other,
            vms,
            volumes: many({ path: name, bytesFree: 1, bytesTotal: 2 }),
          });
          const copies = many(copyOf({ vm: { id: dc02.id, name }, host: other, operation: name }));
          const why = { code: 'host-away', facts: { host: name } };
          const row = historyOf({ vm: name, source: other, target: name, requestedBy: name, why });
          const found = many({ check: 'x', severity: 'blocker', ...why } as const);
          for (const answer of [
            hostsAnswer(many(host), words),
            vmsAnswer(
              { hosts: [host, { ...away, name }], copies, open: [viewOf({ vm: name })] },
              words,
            ),
            historyAnswer(
              { rows: many({ ...row, approvedBy: many(name) }), isCut: true, vm: name },
              words,
            ),
            copiesAnswer({ copies, orders: [], now: DAY_MS }, words),
            doctorAnswer(found, words),
            statusAnswer(many(viewOf({ vm: name, target: other })), words),
            refusalAnswer({ vm: name, target: other }, found, words),
            problemAnswer(
              { code: 'command-near', facts: { text: name, near: many(other) } },
              words,
            ),
          ]) {
            expectTaken(answer);
          }
        }),
        { numRuns: 40 },
      );
    },
  );
});

/** By the stand-in's own rules; what it refuses is thrown. */
function expectTaken({ text, blocks }: Message): void {
  contentOf({ text, blocks });
  expect(text.trim()).not.toBe('');
  expect(text.length).toBeLessThanOrEqual(3000);
  // What a button carries is never shown.
  const shownBlocks = blocks.filter(({ type }) => type !== 'actions');
  const seen = JSON.stringify(shownBlocks).replaceAll('\\n', '\n');
  for (const shown of [text, seen]) {
    expect(shown).not.toMatch(/<!(?!date\^)/);
    expect(shown).not.toMatch(/[\u200b-\u200f\u202a-\u202e]/);
  }
}
