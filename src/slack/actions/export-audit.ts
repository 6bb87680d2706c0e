/** The audit as a file, for an auditor to take along. That it was taken is in the audit itself. */

import { decided } from '../decided.ts';
import type { Edge } from '../edge.ts';
import { problemAnswer, sentence } from '../views/answers.ts';
import type { Message } from '../views/blocks.ts';
import { readExport } from './clicks.ts';
import type { Click } from './run-click.ts';

export async function answerExport(click: Click, edge: Edge): Promise<Message> {
  const { user, channel, actionId } = click;
  const words = await edge.wordsFor(user);
  const wish = readExport(click.value);
  if (!wish) return problemAnswer({ code: 'click-unknown', facts: { action: actionId } }, words);
  const text = wish.vm === undefined ? {} : { text: wish.vm };
  const decision = { user, channel, how: 'click', what: 'export', ...text } as const;
  const denied = await edge.authority.denied(click, 'operator or approver');
  return await decided({ decision, denied, words }, edge, async () => {
    const { lines, isCut } = await edge.exportAudit({ user, channel }, wish.vm);
    const { commands } = words;
    return sentence(lines === 0 ? commands.nothingToExport : commands.exported(lines, isCut));
  });
}
