/** The end of the form: it becomes a proposal, by the same way and with the same audit as a command. */

import { type ProblemRecord, toProblemRecord } from '../../domain/problem.ts';
import { migrate } from '../commands/run.ts';
import { decided } from '../decided.ts';
import type { Edge } from '../edge.ts';
import type { Proposed, Wish } from '../ports.ts';
import { operationsFor } from '../scoped.ts';
import { cut, type Message } from '../views/blocks.ts';
import { type Asked, deniedModal } from './check.ts';
import { fieldOf } from './fields.ts';

const ERROR_CHARS_MAX = 300;
const TEXT_CHARS_MAX = 400;

export interface Ended {
  readonly answer: Message;
  /** The plan is made: the form is over. */
  readonly isPlanned: boolean;
  /** By block: what to show at the field that the refusal is about. */
  readonly errors?: Readonly<Record<string, string>>;
}

/** Never rejects: what goes wrong is in the answer, at its field where it has one. */
export async function submitted(wish: Wish, asked: Asked, edge: Edge): Promise<Ended> {
  const { asker, words } = asked;
  const { user, channel } = asker;
  const text = JSON.stringify(wish).slice(0, TEXT_CHARS_MAX);
  const decision = { user, channel, how: 'modal', what: 'migrate', text } as const;
  const denied = await deniedModal(asked, edge);
  const operations = operationsFor(asker, edge);
  let proposed: Proposed | undefined;
  let problem: ProblemRecord | undefined;
  const here = {
    ...edge,
    operations: {
      ...operations,
      propose: async (request: Parameters<typeof operations.propose>[0]) => {
        proposed = await operations.propose(request);
        return proposed;
      },
    },
  };
  const answer = await decided({ decision, denied, words }, edge, async () => {
    try {
      return await migrate(wish, asked, here);
    } catch (error) {
      problem = toProblemRecord(error);
      throw error;
    }
  });
  const isPlanned = proposed !== undefined && 'operation' in proposed;
  return { answer, isPlanned, ...atField(problem, wish, asked) };
}

function atField(
  problem: ProblemRecord | undefined,
  wish: Wish,
  { words }: Asked,
): Pick<Ended, 'errors'> {
  const field = problem && fieldOf(problem.code, wish.target);
  if (!problem || field === undefined) return {};
  const { text, remedy } = words.textOf(problem);
  return { errors: { [field]: cut(`${text} ${remedy}`, ERROR_CHARS_MAX) } };
}
