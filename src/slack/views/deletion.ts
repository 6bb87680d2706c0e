/** What is different when an operation deletes copies: its words, and what goes. */

import { type DeletionPlan, isDeletion } from '../../domain/plan.ts';
import type { Words } from '../../texts/words.ts';
import type { OperationView } from '../operation-view.ts';
import { cut, dateText, escaped } from './blocks.ts';

const COPIES_SHOWN_MAX = 10;
const FOLDER_CHARS_MAX = 200;

/** A deletion says its own words where a migration says others. */
export function wordsFor({ plan }: Pick<OperationView, 'plan'>, words: Words): Words {
  if (!isDeletion(plan)) return words;
  const { chat, approvals, alerts, deletion } = words;
  const { state, askedUntil, approve, confirmApprove, title } = deletion.chat;
  const { expired } = deletion.approvals;
  return {
    ...words,
    chat: {
      ...chat,
      title,
      askedUntil,
      confirmApprove,
      state: { ...chat.state, ...state },
      button: { ...chat.button, approve },
    },
    approvals: {
      ...approvals,
      ...deletion.approvals,
      expired: { 'approval-expired': expired, 'pause-expired': expired },
    },
    alerts: { ...alerts, ...deletion.alerts },
  };
}

/** Escaped. */
export function deletionLines({ copies }: DeletionPlan, { deletion }: Words): string[] {
  const rows = copies
    .slice(0, COPIES_SHOWN_MAX)
    .map(({ folder, bytes, operation, committedAt }) => {
      const said = deletion.copy(cut(folder, FOLDER_CHARS_MAX), bytes, operation);
      return `• ${escaped(said)} ${dateText(committedAt)}`;
    });
  return [`*${escaped(deletion.whatHappens)}*`, ...rows];
}
