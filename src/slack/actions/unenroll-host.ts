/** The click that takes a host's enrolment back; the command has only asked. */

import { decided } from '../decided.ts';
import type { Edge } from '../edge.ts';
import { operationsFor } from '../scoped.ts';
import { problemAnswer, sentence } from '../views/answers.ts';
import { type Message, named } from '../views/blocks.ts';
import { readUnenroll } from './clicks.ts';
import type { Click } from './run-click.ts';

export async function answerUnenroll(click: Click, edge: Edge): Promise<Message> {
  const { user, channel, actionId } = click;
  const words = await edge.wordsFor(user);
  const host = readUnenroll(click.value);
  if (host === undefined) {
    return problemAnswer({ code: 'click-unknown', facts: { action: actionId } }, words);
  }
  const decision = { user, channel, how: 'click', what: 'unenroll', text: host } as const;
  const denied = await edge.authority.denied(click, 'operator');
  return await decided({ decision, denied, words }, edge, async () => {
    await operationsFor(click, edge).unenroll(host);
    return sentence(words.chat.unenroll.done(named(host)));
  });
}
