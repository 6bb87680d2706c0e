/**
 * A VM, host or operation that nobody knows: the answer names what was most likely meant, and the
 * whole command to type. Nothing is guessed and done.
 */

import { Problem } from '../../domain/problem.ts';
import type { Operations } from '../ports.ts';
import { named } from '../views/blocks.ts';
import { nearest } from './near.ts';
import type { Understood } from './read-words.ts';
import { typedAs } from './slips.ts';

interface Mistake {
  /** Which value of the command is meant, by its name in the grammar. */
  readonly part: string;
  /** The problem with what was most likely meant. */
  readonly near: string;
}

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'vm-unknown': { part: 'vm', near: 'vm-near' },
  'host-unknown': { part: 'host', near: 'host-near' },
  'enrolment-unknown-host': { part: 'host', near: 'host-near' },
  'volume-unknown': { part: 'volume', near: 'volume-near' },
  'operation-unknown': { part: 'vm', near: 'operation-near' },
  'nothing-to-cancel': { part: 'vm', near: 'operation-near' },
  'no-history': { part: 'vm', near: 'history-near' },
  'nothing-under-way': { part: 'vm', near: 'operation-near' },
};

/** Runs it; an unknown name becomes the near ones where there are some. */
export async function withNearNames<Answer>(
  typed: Understood,
  { operations }: { operations: Operations },
  act: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    const mistake = error instanceof Problem ? MISTAKES[error.code] : undefined;
    const at = typed.places.get(mistake?.part ?? '');
    const name = at === undefined ? undefined : typed.words[at]?.text;
    if (!(error instanceof Problem) || !mistake || at === undefined || name === undefined) {
      throw error;
    }
    const near = nearest(name, await knownNames(error, mistake, operations));
    if (near.length === 0) throw error;
    const commands = near.map((one) =>
      typedAs(typed.words.with(at, { text: named(one), quoted: true })),
    );
    const facts = { name: named(name), near: near.map(named), typed: commands };
    throw new Problem(mistake.near, facts, { cause: error });
  }
}

/** What the problem knows, and where an operation was meant what is under way. */
async function knownNames(
  { facts }: Problem,
  { near }: Mistake,
  operations: Operations,
): Promise<readonly string[]> {
  const known = Array.isArray(facts.known) ? facts.known : [];
  if (near !== 'operation-near') return known;
  const open = await operations.openViews();
  return [...known, ...open.flatMap(({ operation, plan }) => [plan.vm.name, operation])];
}
