/**
 * What both hosts say of a VM. A host that cannot be asked says nothing: not that there is nothing.
 * Looks never wait behind other questions, an inventory of minutes among them: they have a process of
 * their own, as effects do, which is kept from one look to the next.
 */

import type { Read } from '../../../domain/hyperv.ts';
import type { LiveMove } from '../../../domain/live.ts';
import { Problem } from '../../../domain/problem.ts';
import type { HyperVOptions } from '../options.ts';
import { scriptFile } from '../script-file.ts';
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
  // One after the other: two at once would start a PowerShell for each look.
  const source = await view(asked, { computerName: options.computerName, files: [] });
  const target = await view(asked, { computerName: move.target, files: filesOf(move) });
  return { source, target };
}

async function view({ options, move }: Asked, given: object): Promise<View> {
  const asks = { vmId: move.vm.id, role: move.way === 'cluster role', ...given };
  const call = { schema: viewSchema, timeoutSeconds: LOOK_SECONDS_MAX };
  try {
    return await options.powershell.act(scriptFile('where-is'), asks, call);
  } catch (error) {
    if (isStopping(error)) throw error;
    const unread: Read<never> = { unread: reasonOf(error) };
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

/** Windows' own words, else the code of what became of the question. */
function reasonOf(error: unknown): string {
  const said = scriptErrorOf(error)?.message;
  return said ?? (error instanceof Problem ? error.code : String(error));
}

/** What the source says of it now; nothing while it does not answer. */
export async function movesOf({ options, move }: Asked): Promise<Moves | undefined> {
  const { computerName } = options;
  const given = { computerName, vmId: move.vm.id, role: move.way === 'cluster role' };
  const call = { schema: movesSchema, timeoutSeconds: LOOK_SECONDS_MAX };
  try {
    return await options.powershell.act(scriptFile('moves'), given, call);
  } catch (error) {
    if (isStopping(error)) throw error;
    return undefined;
  }
}

/** A bug, or the worker's end: not the answer of a host. */
export const isStopping = (error: unknown): boolean =>
  !(error instanceof Problem) || error.code === 'powershell-closed';
