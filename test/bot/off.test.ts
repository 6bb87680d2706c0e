/** What people are told of the move of a VM that is off: it is never late, and nothing runs. */

import { describe, expect, it } from '@jest/globals';
import { type Estimating, estimateFor } from '../../src/bot/estimate.ts';
import { overdueIn } from '../../src/bot/overdue.ts';
import { meaningOf } from '../../src/bot/requests.ts';
import { type Beside, viewOf } from '../../src/bot/view.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { planHash } from '../../src/domain/plan.ts';
import { operationMessage } from '../../src/slack/views/operation-message.ts';
import { LANGUAGES, wordsIn } from '../../src/texts/words.ts';
import { GIB, hostFacts, subjectOf, vmFacts } from '../preflight/facts.ts';
import { memoryRecords } from '../slack/memory-records.ts';
import { journalOf, opening, type Written } from '../trust/journal-fixture.ts';
import { done, started, stepsBefore } from './stories.ts';

const plan = { ...opening.plan, stop: 'already off' } as const;
const ofOff = { ...opening, plan, planHash: planHash(plan) };
const upTo = (step: string) => stepsBefore(step, ofOff.planHash);
const DAY_SECONDS = 86_400;
const NOTHING: Beside = { findings: [], approvals: [], halts: {}, book: {} };

/** A second apart. */
const entriesOf = (written: readonly Written[]): Entry[] =>
  journalOf([['bot', ofOff], ...written]).map((entry, index) => ({ ...entry, at: index * 1000 }));

const copying = [...upTo('copyLastRound'), started('copyLastRound')];
const copied: Written[] = [
  ...upTo('copyLastRound'),
  ...done('copyLastRound', { round: 0, bytesRead: 5 * GIB, bytesSent: 4 * GIB, seconds: 50 }),
  ...done('registerTarget'),
  ...done('startTarget'),
  ...done('confirmTarget'),
];

function viewAfter(written: readonly Written[], beside: Partial<Beside> = {}) {
  const entries = entriesOf(written);
  return viewOf('m1', meaningOf(entries, entries.length * 1000), { ...NOTHING, ...beside });
}

describe('a VM that is off and is moved', () => {
  it('is not off for too long, however long its copy takes', () => {
    const entries = entriesOf(copying);
    const now = DAY_SECONDS * 1000;
    const codes = overdueIn(meaningOf(entries, now), now).map(({ cause }) => cause.code);
    expect(codes).toEqual(['takes-longer-than-planned']);
  });

  it('shows how far its only copy is, and can be cancelled meanwhile', () => {
    const progress = { bytesDone: 1, bytesTotal: 4, bytesPerSecond: 1, round: 0, etaSeconds: 3 };
    const view = viewAfter(copying, { progress });
    expect(view).toMatchObject({ state: { kind: 'cutting over' }, progress });
    expect(JSON.stringify(operationMessage(view, wordsIn('en')))).toContain('"Cancel"');
  });

  it('has totals without a pause in the end', () => {
    const { result } = viewAfter(copied);
    expect(result).toMatchObject({ allocatedBytes: 5 * GIB, sentBytes: 4 * GIB, rounds: 1 });
    expect(result).not.toHaveProperty('pauseSeconds');
  });

  it.each(LANGUAGES)('says in one line that it stays off, and where it is then: %s', (language) => {
    const shown = (written: readonly Written[]): string =>
      JSON.stringify(operationMessage(viewAfter(written), wordsIn(language)));
    const [stays] = wordsIn(language).off.steps.map((say) =>
      say({
        ...{ vm: 'dc02', source: 'hv-a', target: 'hv-b', disks: 1, virtualBytes: 1 },
        ...{ volume: 'D:', subnet: '10.0.9.0/24' },
      }),
    );
    expect(shown(upTo('catchUp'))).toContain(`1. ${stays}`);
    expect(shown(upTo('catchUp'))).not.toContain(wordsIn(language).plan.bound.pauseSecondsMax);
    const { migrated } = wordsIn(language).off.chat.state;
    expect(shown(copied)).toContain(migrated(plan));
  });

  it('tells the next estimate how fast these hosts copy, and nothing of a pause', async () => {
    const estimating: Estimating = {
      store: {
        list: async () => ['m1'],
        read: async () => entriesOf(copied),
        now: async () => 1_000_000,
      },
      records: memoryRecords(),
      measure: async () => 50e6,
    };
    const { vm, source, target } = plan;
    const subject = subjectOf({
      vm: { ...vmFacts(), id: vm.id, name: vm.name },
      source: hostFacts(source),
      target: hostFacts(target),
    });
    const estimate = await estimateFor(estimating, subject, { pauseSecondsMax: 60 });
    expect(estimate).toMatchObject({
      rateFrom: 'history',
      bytesPerSecond: (5 * GIB) / 50,
      pauseFrom: 'assumed',
    });
  });
});
