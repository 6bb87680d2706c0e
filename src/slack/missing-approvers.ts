/** Who else may approve is known when it is planned: nobody should wait a day to hear that nobody may. */

import { countingApprovers, needsAdministrator } from '../domain/approvers.ts';
import { isGroup } from './authority.ts';
import type { Edge } from './edge.ts';
import { cut, escaped, type Message, mention, section } from './views/blocks.ts';

const SHOWN_MAX = 10;
const TEXT_CHARS_MAX = 2000;

/** The answer to a new plan, with a warning where too few people besides the asker may approve it. */
export async function warnedOfApprovers(
  answer: Message,
  { operation, user }: { operation: string; user: string },
  { operations, authority, wordsFor }: Pick<Edge, 'operations' | 'authority' | 'wordsFor'>,
): Promise<Message> {
  const view = await operations.view(operation);
  if (!view) return answer;
  const { twoPersons, needed } = view.approvals;
  if (needsAdministrator(view.plan)) {
    const found = await authority.peopleWho('administrator');
    const able = countingApprovers(found.users, { requestedBy: user, twoPersons });
    if (able.length === 0) {
      const { approvals } = await wordsFor(user);
      return warned(answer, [`${escaped(approvals.noAdministrator)} FERRY_ADMINISTRATORS.`]);
    }
  }
  const { users, unread } = await authority.approversFor({ requestedBy: user, twoPersons });
  if (users.length >= needed) return answer;
  const { approvals, textOf } = await wordsFor(user);
  const asked = authority.whoIs('approver').slice(0, SHOWN_MAX);
  // A person who is named is added to the configuration, a group's members in Slack.
  const where = ['FERRY_APPROVERS', ...asked.filter(isGroup).map(mention)].join(', ');
  const others = users.length;
  const said = others === 0 ? approvals.nobodyElse : approvals.tooFewOthers(others, needed);
  const problems = unread.map((problem) => escaped(textOf(problem).text));
  return warned(answer, [`${escaped(said)} ${where}.`, ...problems]);
}

function warned(answer: Message, lines: readonly string[]): Message {
  const warning = cut(lines.join('\n'), TEXT_CHARS_MAX);
  return {
    ...answer,
    text: `${answer.text}\n${warning}`,
    blocks: [...answer.blocks, section(warning)],
    // Its mention of a group is for the asker alone.
    onlyForAsker: true,
  };
}
