import { describe, expect, it } from '@jest/globals';
import type { Entry, EntryBody } from '../../src/domain/journal.ts';
import { dutyOf } from '../../src/migration/duties.ts';
import {
  approved,
  cancelled,
  done,
  expired,
  HOUR,
  journal,
  START,
  started,
  upTo,
} from './journals.ts';

const DAY = 24 * HOUR;
const duty = (entries: Entry[], now = START) => dutyOf(entries, now);
const settled = (home: 'source' | 'target'): EntryBody => ({ kind: 'settled', home });

describe("the bot's duties", () => {
  it.each([
    ['at the start', journal()],
    ['while nobody has approved yet', journal(...upTo('catchUp'))],
    ['in the cutover', journal(...upTo('copyLastRound'))],
    [
      'while the target may have been started',
      journal(...upTo('startTarget'), started('startTarget')),
    ],
    ['while the source undoes', journal(...upTo('fenceSource'), cancelled)],
  ])('are none %s', (_, entries) => {
    expect(duty(entries)).toBeUndefined();
  });

  it('write the expiry of an approval that nobody gave, once', () => {
    const waiting = upTo('catchUp');
    expect(duty(journal(...waiting), START + 2 * DAY)).toMatchObject({ body: expired });
    const after = duty(journal(...waiting, expired), START + 2 * DAY);
    expect(after).toBeUndefined();
  });

  it('write the expiry of an approval that lapsed, once', () => {
    const lapsed = [...upTo('catchUp'), approved(START + HOUR)];
    expect(duty(journal(...lapsed), START + 2 * DAY)).toMatchObject({ body: expired });
    expect(duty(journal(...lapsed, expired), START + 2 * DAY)).toBeUndefined();
  });

  it('settle the home at the target once it is confirmed, and keep the source claimed', () => {
    expect(duty(journal(...upTo('retireSource')))).toEqual({
      body: settled('target'),
      claims: { take: ['copy:dc02-id@hv-a'], release: ['vm:dc02-id'] },
    });
  });

  it('settle the home at the source once it is as before, and keep the target claimed', () => {
    const entries = journal(...upTo('trackChanges'), cancelled, done('trackChanges', 'undo'));
    expect(duty(entries)).toEqual({
      body: settled('source'),
      claims: { take: ['copy:dc02-id@hv-b'], release: ['vm:dc02-id'] },
    });
  });

  it('close what is settled only after the clean-up, and give back its claim', () => {
    const rolledBack = [...upTo('trackChanges'), cancelled, done('trackChanges', 'undo')];
    const pending = journal(...rolledBack, settled('source'));
    expect(duty(pending)).toBeUndefined();
    const clean = journal(...rolledBack, settled('source'), done('reserveTarget', 'undo'));
    expect(duty(clean)).toEqual({
      body: { kind: 'closed', outcome: 'rolled back' },
      claims: { take: [], release: ['copy:dc02-id@hv-b'] },
    });
    const closed: EntryBody = { kind: 'closed', outcome: 'rolled back' };
    expect(duty(journal(...rolledBack, settled('source'), closed))).toBeUndefined();
  });

  it('close a migration once the source is retired', () => {
    const entries = journal(...upTo('retireSource'), settled('target'), done('retireSource'));
    expect(duty(entries)).toEqual({
      body: { kind: 'closed', outcome: 'migrated' },
      claims: { take: [], release: ['copy:dc02-id@hv-a'] },
    });
  });
});
