/** What both hosts say of a VM. A host that cannot be asked says nothing: not that there is nothing. */

import type { Read } from '../../../domain/hyperv.ts';
import type { LiveMove } from '../../../domain/live.ts';
import { Problem } from '../../../domain/problem.ts';
import { ask, type HyperVOptions } from '../options.ts';
import { scriptErrorOf } from '../shell/failure.ts';
import { filesOf } from './placement.ts';
import type { Views } from './standing.ts';
import { type Moves, movesSchema, type View, viewSchema } from './wire.ts';

const LOOK_SECONDS_MAX = 120;

/** Whose VM, and where it goes. */
interface Asked {
  readonly options: HyperVOptions;
  readonly move: LiveMove;
}

/** The six queries, of both. @throws Problem powershell-closed */
export async function look(asked: Asked): Promise<Views> {
  const { options, move } = asked;
  const [source, target] = await Promise.all([
    view(asked, { computerName: options.computerName, files: [] }),
    view(asked, { computerName: move.target, files: filesOf(move) }),
  ]);
  return { source, target };
}

async function view({ options, move }: Asked, given: object): Promise<View> {
  const role = move.way === 'cluster role';
  const call = { schema: viewSchema, timeoutSeconds: LOOK_SECONDS_MAX };
  try {
    return await ask(options, 'where-is', { given: { vmId: move.vm.id, role, ...given }, ...call });
  } catch (error) {
    if (isStopping(error)) throw error;
    const unread: Read<never> = { unread: scriptErrorOf(error)?.message ?? String(error) };
    return {
      vm: unread,
      planned: unread,
      jobs: unread,
      unreadable: unread,
      files: unread,
      role: unread,
    };
  }
}

/** What the source says of it now; nothing while it does not answer. */
export async function movesOf({ options, move }: Asked): Promise<Moves | undefined> {
  const given = { vmId: move.vm.id, role: move.way === 'cluster role' };
  try {
    return await ask(options, 'moves', {
      given,
      schema: movesSchema,
      timeoutSeconds: LOOK_SECONDS_MAX,
    });
  } catch (error) {
    if (isStopping(error)) throw error;
    return undefined;
  }
}

/** A bug, or the worker's end: not the answer of a host. */
export const isStopping = (error: unknown): boolean =>
  !(error instanceof Problem) || error.code === 'powershell-closed';
