import { describe, expect, it } from '@jest/globals';
import { overdueIn } from '../../src/bot/overdue.ts';
import { meaningOf } from '../../src/bot/requests.ts';
import { migrationOf } from '../../src/domain/journal.ts';
import { ADDRESS_SECONDS_MAX } from '../../src/migration/shown.ts';
import type { Written } from '../trust/journal-fixture.ts';
import { approved, bot, done, entriesOf, started, stepsBefore } from './stories.ts';

/** The codes that are raised so many seconds after the last entry. */
function codesAfter(seconds: number, written: readonly Written[]): string[] {
  const entries = entriesOf(written);
  const now = (entries.at(-1)?.at ?? 0) + seconds * 1000;
  return overdueIn(meaningOf(entries, now), now).map(({ cause }) => cause.code);
}

const { pauseSecondsMax, secondsMax } = migrationOf(entriesOf([])).plan;
const stopping = [...stepsBefore('stopSource'), started('stopSource')];

describe('what is overdue', () => {
  it('is nothing while all goes as planned', () => {
    expect(codesAfter(1, stepsBefore('copyDirtyRounds'))).toEqual([]);
    expect(codesAfter(1, stopping)).toEqual([]);
  });

  it('is a VM that is off for longer than people approved, until it runs again', () => {
    expect(codesAfter(pauseSecondsMax - 1, stopping)).not.toContain('off-longer-than-planned');
    expect(codesAfter(pauseSecondsMax + 1, stopping)).toContain('off-longer-than-planned');
    const moved = stepsBefore('retireSource');
    expect(codesAfter(pauseSecondsMax + 1, moved)).not.toContain('off-longer-than-planned');
  });

  it('is no VM that runs and whose addresses are waited for', () => {
    const shortly = [...stepsBefore('confirmTarget'), started('confirmTarget')];
    expect(codesAfter(pauseSecondsMax + 1, shortly)).not.toContain('off-longer-than-planned');
    expect(codesAfter(pauseSecondsMax + ADDRESS_SECONDS_MAX + 1, shortly)).toContain(
      'off-longer-than-planned',
    );
  });

  it('is a host that should act and does not', () => {
    expect(codesAfter(61, stepsBefore('stopSource'))).toContain('host-does-not-act');
    expect(codesAfter(61, stopping)).not.toContain('host-does-not-act');
  });

  it('is a migration that takes longer than planned, but not one that waits for people', () => {
    expect(codesAfter(secondsMax + 1, stepsBefore('copyDirtyRounds'))).toContain(
      'takes-longer-than-planned',
    );
    expect(codesAfter(secondsMax + 1, stepsBefore('catchUp'))).toEqual([]);
    expect(codesAfter(secondsMax + 1, [...stepsBefore('catchUp'), approved()])).not.toEqual([]);
  });

  it('is nothing because of a pause, neither while it lasts nor afterwards', () => {
    const pause = bot({ kind: 'paused', by: 'U1' });
    const copying = [...stepsBefore('copyWholeDisks'), started('copyWholeDisks'), pause];
    expect(codesAfter(secondsMax + 1, copying)).toEqual([]);
    const entries = entriesOf([...copying, bot({ kind: 'resumed', by: 'U1' })]);
    const late = entries.map((entry, index) => {
      return index === entries.length - 1 ? { ...entry, at: entry.at + secondsMax * 1000 } : entry;
    });
    const codesAt = (seconds: number): string[] => {
      const now = (late.at(-1)?.at ?? 0) + seconds * 1000;
      return overdueIn(meaningOf(late, now), now).map(({ cause }) => cause.code);
    };
    expect(codesAt(30)).toEqual([]);
    expect(codesAt(61)).toEqual(['host-does-not-act']);
    expect(codesAt(secondsMax)).toContain('takes-longer-than-planned');
  });

  it('is nothing once it is closed', () => {
    const closed = [...stepsBefore('retireSource'), ...done('retireSource')];
    const entries = entriesOf(closed);
    const seen = meaningOf(entries, 1e12);
    expect(overdueIn({ ...seen, state: { ...seen.state, closed: 'migrated' } }, 1e12)).toEqual([]);
  });
});
