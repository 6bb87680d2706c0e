/** From a typed text to its answer; the same for `/migrate` and for a mention. */

import { Problem } from '../../domain/problem.ts';
import type { Asker } from '../authority.ts';
import { decided } from '../decided.ts';
import type { Edge } from '../edge.ts';
import { operationsFor } from '../scoped.ts';
import type { Message } from '../views/blocks.ts';
import { helpAnswer } from '../views/help-answer.ts';
import { parseCommand } from './parse.ts';
import { run } from './run.ts';
import { withNearNames } from './unknown-names.ts';

const TEXT_CHARS_MAX = 400;
/** The code of an enrolment is not for the audit, also where the word is misspelled. */
const ENROLMENT = /^\W*(?:\/migrate\s+)?en/i;

export interface Typing extends Asker {
  /** The operation in whose thread it is typed. */
  readonly operation?: string | undefined;
}

/** Always an answer: what goes wrong is told to the one who asked, logged and in the audit. */
export async function answerTo(text: string, typing: Typing, edge: Edge): Promise<Message> {
  const { user, channel, operation } = typing;
  const words = await edge.wordsFor(user);
  const typed = ENROLMENT.test(text) ? {} : { text: text.slice(0, TEXT_CHARS_MAX) };
  const decision = { user, channel, how: 'command', ...typed } as const;
  const parsed = parseCommand(text, operation);
  if ('problem' in parsed) {
    const unknown = { decision: { ...decision, what: 'unknown' }, denied: undefined, words };
    return await decided(unknown, edge, async () => {
      throw new Problem(parsed.problem.code, parsed.problem.facts);
    });
  }
  const { command, rule } = parsed;
  if (command.name === 'ask') return helpAnswer(words);
  const denied = await edge.authority.denied(typing, rule.for);
  // Lists show the channel's hosts only, and what concerns others is refused.
  const here = { ...edge, operations: operationsFor(typing, edge) };
  const asked = { decision: { ...decision, what: command.name }, denied, words };
  return await decided(asked, edge, () =>
    withNearNames(parsed, here, () => run(parsed, { asker: typing, words }, here)),
  );
}
