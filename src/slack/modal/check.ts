/** What the form shows of a choice: the checks of its preview, or why there are none. */

import { toProblemRecord } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import { type Asker, type Denied, DeniedProblem } from '../authority.ts';
import { ruleOf } from '../commands/grammar.ts';
import { decided } from '../decided.ts';
import type { Edge } from '../edge.ts';
import type { Wish } from '../ports.ts';
import { operationsFor } from '../scoped.ts';
import { problemAnswer } from '../views/answers.ts';
import { type Block, escaped, type Message, section } from '../views/blocks.ts';
import { previewBlocks } from '../views/plan-preview.ts';
import { type Fields, wishOf } from './fields.ts';

export interface Asked {
  readonly asker: Asker;
  readonly words: Words;
}

/** What this asker may not, if anything: asked when the form opens, at each check and at the end. */
export const deniedModal = ({ asker }: Asked, edge: Edge): Promise<Denied | undefined> =>
  edge.authority.denied(asker, ruleOf('migrate')?.for ?? 'operator');

/** A refusal in words, and in the audit. */
export async function refusedModal(
  denied: Denied,
  { asker: { user, channel }, words }: Asked,
  edge: Edge,
): Promise<Message> {
  const decision = { user, channel, how: 'modal', what: 'migrate' } as const;
  return await decided({ decision, denied, words }, edge, async () => {
    throw new Error('A denied form acts on nothing');
  });
}

/** The blocks under the fields. Never rejects: what goes wrong is what they say. */
export async function checkBlocks(
  fields: Fields,
  asked: Asked,
  edge: Edge,
): Promise<readonly Block[]> {
  const { words } = asked;
  const filled = wishOf(fields, words);
  const denied = await deniedModal(asked, edge);
  if (denied) return (await refusedModal(denied, asked, edge)).blocks;
  if ('wish' in filled) return await preview(filled.wish, asked, edge);
  const { first, needed } = words.plan.modal;
  const wrong = Object.values(filled.errors).filter((error) => error !== needed);
  return [section(wrong.length > 0 ? wrong.map(escaped).join('\n') : escaped(first))];
}

async function preview(wish: Wish, asked: Asked, edge: Edge): Promise<readonly Block[]> {
  const { asker, words } = asked;
  try {
    return previewBlocks(await operationsFor(asker, edge).preview(wish), words);
  } catch (error) {
    if (error instanceof DeniedProblem) {
      return (await refusedModal(error.denied, asked, edge)).blocks;
    }
    const problem = toProblemRecord(error);
    if (problem.code === 'bug') edge.log('slack-modal-failed', { ...problem.facts, code: 'bug' });
    return problemAnswer(problem, words).blocks;
  }
}
