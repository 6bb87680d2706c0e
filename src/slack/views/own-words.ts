/** An operation says its own words where a migration that copies says others. */

import { isDeletion, staysOff } from '../../domain/plan.ts';
import type { DeletionWords, LiveWords, OffWords, Words } from '../../texts/words.ts';
import type { OperationView } from '../operation-view.ts';

export function wordsFor({ plan }: Pick<OperationView, 'plan'>, words: Words): Words {
  if (isDeletion(plan)) return withOwn(words, words.deletion);
  if (staysOff(plan)) return withOwn(words, words.off);
  return plan.method === 'live' ? withOwn(words, words.live) : words;
}

function withOwn(words: Words, own: DeletionWords | LiveWords | OffWords): Words {
  const { chat, approvals, alerts } = words;
  const { state, approve, ...says } = own.chat;
  return {
    ...words,
    chat: {
      ...chat,
      ...says,
      state: { ...chat.state, ...state },
      button: { ...chat.button, approve },
    },
    approvals: { ...approvals, ...own.approvals },
    alerts: {
      ...alerts,
      home: { ...alerts.home, ...('home' in own.alerts ? own.alerts.home : {}) },
      byHand: { ...alerts.byHand, ...own.alerts.byHand },
    },
  };
}
