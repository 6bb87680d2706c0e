import { describe, expect, it } from '@jest/globals';
import type { Alert } from '../../src/domain/alert.ts';
import { contentOf } from '../../src/lab/slack/message-rules.ts';
import type { DeletionView, OperationState } from '../../src/slack/operation-view.ts';
import { remindersOf } from '../../src/slack/reminders.ts';
import { alertMessage } from '../../src/slack/views/alert-message.ts';
import type { Message } from '../../src/slack/views/blocks.ts';
import { operationMessage, stateLine } from '../../src/slack/views/operation-message.ts';
import { LANGUAGES, wordsIn } from '../../src/texts/words.ts';
import { viewOf } from './fake-operations.ts';

const copy = {
  folder: 'D:\\ferry\\dc02-d5b1',
  operation: 'm7',
  round: 3,
  committedAt: 1_700_000_000_000,
  bytes: 12 * 1024 ** 3,
};

function deletionView(state: OperationState, copies = [copy]): DeletionView {
  const { plan, ...view } = viewOf({ state });
  return {
    ...view,
    plan: {
      vm: plan.vm,
      source: 'hv-b',
      target: 'hv-b',
      method: 'delete',
      copies,
      acknowledged: [],
    },
  };
}

const asking = deletionView({ kind: 'asking', step: '' });
const textIn = ({ blocks }: Message): string => JSON.stringify(blocks);

describe.each(LANGUAGES)('a deletion in %s', (language) => {
  const words = wordsIn(language);

  it('shows what goes, and asks with a button that says so', () => {
    const message = operationMessage(asking, words);
    contentOf(message as never);
    const text = textIn(message);
    expect(text).toContain('dc02-d5b1');
    expect(text).toContain('m7');
    expect(text).toContain(words.deletion.chat.approve);
    expect(text).toContain(words.deletion.chat.confirmApprove.title);
    expect(text).not.toContain(words.chat.button.approve);
    expect(text).not.toContain(words.plan.approving);
    expect(message.text).toContain('hv-b');
  });

  it.each(['deleting', 'deleted', 'rolling back', 'rolled back', 'needs a person'] as const)(
    'says that it is %s in words of its own',
    (kind) => {
      const view = deletionView({ kind, step: 'deleteCopies' });
      contentOf(operationMessage(view, words) as never);
      const line = stateLine(view, words);
      expect(line).toContain('dc02');
      expect(line).not.toContain(words.chat.state.migrated(view.plan));
      const moving = viewOf({ state: { kind, step: '' } });
      if (!kind.startsWith('delet')) expect(line).not.toBe(stateLine(moving, words));
    },
  );

  it('never says of an alert where the VM is: it does not touch it', () => {
    const cause = { code: 'copy-changed', facts: { vm: 'dc02', host: 'hv-b', folder: 'D:\\x' } };
    const alert: Alert = {
      key: 'k',
      operation: 'm1',
      cause,
      home: 'source',
      offers: ['retry'],
      raisedAt: 1,
    };
    const message = alertMessage(asking, alert, { words, operators: [], isLate: false });
    contentOf(message as never);
    expect(message.text).toContain(words.deletion.alerts.home.source(asking.plan));
    expect(message.text).not.toContain(words.alerts.home.source(asking.plan));
  });

  it('reminds and ends in words of its own', () => {
    const approvals = { users: [], needed: 1, twoPersons: false, expiresAt: 86_400_000 };
    const [asked] = remindersOf(words)({ ...asking, approvals }, 0);
    expect(asked?.message.text).toContain(words.deletion.approvals.asks(asking.plan));
    const why = { code: 'approval-expired', facts: {} };
    const over = deletionView({ kind: 'rolled back', step: '', why });
    const [ended] = remindersOf(words)(over, 0);
    expect(ended?.message.text).toContain(words.deletion.approvals.askAgain(asking.plan));
  });

  it('is within the limits with many copies in long folders', () => {
    const many = Array.from({ length: 60 }, () => ({
      ...copy,
      folder: `D:\\${'x<&'.repeat(400)}`,
    }));
    contentOf(operationMessage(deletionView({ kind: 'asking', step: '' }, many), words) as never);
  });
});
