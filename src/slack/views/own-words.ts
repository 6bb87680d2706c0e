/** An operation says its own words where a migration that copies says others. */

import { isAlignment, isDeletion, isRestore, staysOff } from '../../domain/plan.ts';
import type {
  AlignmentWords,
  Chat,
  DeletionWords,
  LiveWords,
  OffWords,
  RestoreWords,
  Words,
} from '../../texts/words.ts';
import type { OperationView } from '../operation-view.ts';

export function wordsFor({ plan }: Pick<OperationView, 'plan'>, words: Words): Words {
  if (isDeletion(plan)) return withOwn(words, words.deletion);
  if (isAlignment(plan)) return withOwn(words, words.alignment);
  if (isRestore(plan)) return withOwn(words, words.restore);
  if (staysOff(plan)) return withOwn(words, words.off);
  return plan.method === 'live' ? withOwn(words, words.live) : words;
}

function withOwn(
  words: Words,
  own: AlignmentWords | DeletionWords | LiveWords | OffWords | RestoreWords,
): Words {
  const { chat, approvals, alerts } = words;
  const { state: ownState, ...says } = own.chat;
  const state: Partial<Chat['state']> = ownState;
  const button = 'approve' in own.chat ? { approve: own.chat.approve } : {};
  return {
    ...words,
    chat: {
      ...chat,
      ...says,
      state: { ...chat.state, ...state },
      button: { ...chat.button, ...button },
    },
    approvals: { ...approvals, ...('approvals' in own ? own.approvals : {}) },
    alerts: {
      ...alerts,
      home: { ...alerts.home, ...('home' in own.alerts ? own.alerts.home : {}) },
      byHand: { ...alerts.byHand, ...own.alerts.byHand },
    },
  };
}
