import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RHYTHM } from '../../src/migration/next-action.ts';
import type { Note } from '../../src/slack/notices.ts';
import type { OperationView } from '../../src/slack/operation-view.ts';
import { remindersOf, sayingWhoMay } from '../../src/slack/reminders.ts';
import { operationMessage } from '../../src/slack/views/operation-message.ts';
import { english } from '../../src/texts/words.ts';
import { fakeOperations, viewOf } from './fake-operations.ts';

const EXPIRES_AT = 2_000_000_000_000;
const ASKED_AT = EXPIRES_AT - RHYTHM.approvalSeconds * 1000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const asking = (changes: Partial<OperationView['approvals']> = {}): OperationView =>
  viewOf({
    requestedBy: 'U-ASKS',
    state: { kind: 'asking', step: 'catchUp' },
    approvals: {
      users: [],
      needed: 2,
      twoPersons: true,
      expiresAt: EXPIRES_AT,
      whoMay: ['U-APP', 'S-APP'],
      ...changes,
    },
  });

const due = remindersOf(english);
const only = (view: OperationView, now: number): Note => {
  const [note, ...others] = due(view, now);
  if (!note || others.length > 0) throw new Error(`${others.length + 1} are due`);
  return note;
};

describe('a migration that begins to ask', () => {
  it('calls everybody who may and says how many are missing, until when, and where to click', () => {
    const { message, broadcast } = only(asking({ users: ['U-1'] }), ASKED_AT + 1);
    expect(broadcast).toBe(true);
    expect(message.text).toContain('waits for approval');
    expect(message.text).toContain('Approved by <@U-1>.');
    expect(message.text).toContain('1 approval is missing.');
    expect(message.text).toContain('Who may approve: <@U-APP>, <!subteam^S-APP>.');
    expect(message.text).toContain('<!date^2000000000^');
  });

  it('shows the same in its own message, which does not call those who approved already', () => {
    const { text } = {
      text: JSON.stringify(operationMessage(asking({ users: ['U-APP'] }), english)),
    };
    expect(text).toContain('Who may approve: <!subteam^S-APP>.');
    expect(text).toContain('1 approval is missing.');
  });
});

describe('reminders', () => {
  it('come half-way, an hour and ten minutes before the end; a group is called only near it', () => {
    const at = (leftMs: number) => only(asking(), EXPIRES_AT - leftMs);
    const half = at(12 * HOUR_MS);
    expect(half.message.text).toContain('Still waiting');
    expect(half.message.text).toContain('<@U-ASKS>');
    expect(half.message.text).not.toContain('subteam');
    expect(at(HOUR_MS).message.text).toContain('ends in about 60 min');
    expect(at(HOUR_MS).message.text).toContain('<!subteam^S-APP>');
    expect(at(10 * MINUTE_MS).message.text).toContain('ends in about 10 min');
  });

  it('are said once each, in their order, whenever the bot looks and restarts', () => {
    const looks = fc.array(fc.integer({ min: 0, max: RHYTHM.approvalSeconds + 60 }), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(looks, (seconds) => {
        const times = seconds.toSorted((a, b) => a - b).map((one) => ASKED_AT + one * 1000);
        const names = times.flatMap((now) => due(asking(), now).map(({ name }) => name));
        const said = names.filter((name, index) => names[index - 1] !== name);
        // No name comes back after another one: what is kept by name is posted once.
        expect(new Set(said).size).toBe(said.length);
        const order = ['asks', 'half', 'last-3600', 'last-600'];
        const places = said.map((name) => order.indexOf(name.replace(/^approval-\d+-/, '')));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect(places).not.toContain(-1);
      }),
    );
  });

  it('end the same way when it was paused for too long', () => {
    const why = { code: 'pause-expired', facts: { by: 'U-1' } };
    const { message } = only(viewOf({ state: { kind: 'rolling back', step: '', why } }), 1);
    expect(message.text).toContain('Nobody resumed it in time');
  });

  it('of another asking are others, and there are none when nobody is asked', () => {
    const again = asking({ expiresAt: EXPIRES_AT + 1000 });
    expect(only(again, ASKED_AT + 1000).name).not.toBe(only(asking(), ASKED_AT + 1000).name);
    expect(due(viewOf({ state: { kind: 'copying', step: 'x' } }), ASKED_AT)).toEqual([]);
    expect(due(asking(), EXPIRES_AT)).toEqual([]);
  });

  it('end with what is lost, which is nothing, and how to ask again', () => {
    const why = { code: 'approval-expired', facts: {} };
    for (const kind of ['rolling back', 'rolled back'] as const) {
      const { name, message } = only(viewOf({ state: { kind, step: '', why } }), EXPIRES_AT + 1);
      expect(name).toBe('approval-expired');
      expect(message.text).toContain('dc02 stays on hv-a; nothing is lost.');
      expect(message.text).toContain('/migrate "dc02" to hv-b');
    }
  });
});

describe('a view', () => {
  it('says who may approve, without the person who asked where two are needed', async () => {
    const operations = fakeOperations();
    const wish = { vm: 'dc02', target: 'hv-b', user: 'U-APP', channel: 'C' };
    await operations.propose(wish);
    const saying = sayingWhoMay(operations, {
      whoIs: () => ['U-APP', 'S-APP'],
      peopleWho: async () => ({ users: ['U-APP'], unread: [] }),
    });
    expect((await saying.view('m1'))?.approvals.whoMay).toEqual(['U-APP', 'S-APP']);
    operations.change('m1', { approvals: { users: [], needed: 1, twoPersons: true } });
    expect((await saying.view('m1'))?.approvals.whoMay).toEqual(['S-APP']);
    expect(await saying.view('m9')).toBeUndefined();
  });
});
