/** The answer to somebody who may not: what is needed, who has it, what to do. For their eyes only. */

import type { ProblemRecord } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import type { Denied } from '../authority.ts';
import { channelLink, cut, escaped, type Message, mention, message, section } from './blocks.ts';

const PEOPLE_SHOWN_MAX = 10;
const CHANNELS_SHOWN_MAX = 10;
const GROUPS_SHOWN_MAX = 2;
const SENTENCE_CHARS_MAX = 300;

/**
 * Mentions people and groups as links. In an ephemeral answer they notify nobody, so whoever asks
 * cannot call all approvers by asking again; elsewhere this message must not be posted.
 */
export function deniedAnswer(denied: Denied, words: Words): Message {
  const { problem, whoMay, unread = [], channels = [] } = denied;
  const said = [sentences(problem, words)];
  if (whoMay.length > 0) {
    said.push(`${words.chat.whoMay} ${whoMay.slice(0, PEOPLE_SHOWN_MAX).map(mention).join(', ')}`);
  }
  if (channels.length > 0) {
    const shown = channels.slice(0, CHANNELS_SHOWN_MAX).map(channelLink).join(', ');
    said.push(`${escaped(words.approvals.askThere)} ${shown}`);
  }
  said.push(...unread.slice(0, GROUPS_SHOWN_MAX).map((group) => sentences(group, words)));
  return { ...message(said.join('\n'), [section(said.join('\n'))]), onlyForAsker: true };
}

function sentences(problem: ProblemRecord, { textOf }: Words): string {
  const { text, remedy } = textOf(problem);
  return `${cut(escaped(text), SENTENCE_CHARS_MAX)} ${cut(escaped(remedy), SENTENCE_CHARS_MAX)}`;
}
