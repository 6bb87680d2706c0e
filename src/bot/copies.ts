/** The copies on all hosts, and the operation that deletes one. */

import type { CopyRow, DeletionRequest, Proposed } from '../slack/ports.ts';
import type { Proposing } from './propose.ts';

export async function copiesOf(_from: Proposing): Promise<readonly CopyRow[]> {
  throw new Error('Being built');
}

export async function proposeDeletion(
  _from: Proposing,
  _request: DeletionRequest,
): Promise<Proposed> {
  throw new Error('Being built');
}
