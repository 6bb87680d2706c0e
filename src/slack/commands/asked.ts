/** Who asked for what a command does, and an answer that shows itself elsewhere. */

import type { Words } from '../../texts/words.ts';
import type { Asker } from '../authority.ts';
import { shownIn } from '../views/answers.ts';
import { escaped, type Message, note } from '../views/blocks.ts';

export interface Asked {
  readonly asker: Asker;
  readonly words: Words;
}

/** A bot that was not invited looks like a broken one: whoever asked there is told how to invite it. */
export function placed(
  said: string,
  { channel, asker, words }: Asked & { channel: string },
): Message {
  const answer = shownIn(said, channel);
  if (channel === asker.channel || !/^[CG]/.test(asker.channel)) return answer;
  const hint = escaped(words.alerts.inviteHere);
  return { ...answer, text: `${answer.text} ${hint}`, blocks: [...answer.blocks, note(hint)] };
}
