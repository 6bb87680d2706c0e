/** What Compare-VM says of a move or an import. */

import { enumValue } from '../enums.ts';
import type { Objection } from '../moves/compare.ts';
import type { DoubleObject } from '../wire.ts';

export interface Compared {
  readonly id: string;
  readonly vm: DoubleObject;
  readonly operation: string;
  readonly destination: string;
  readonly path: string | undefined;
  readonly snapshotPath: string | undefined;
  readonly objections: readonly Objection[];
}

export const compatibilityReport = (compared: Compared): DoubleObject => ({
  $type: 'VMCompatibilityReport',
  $id: compared.id,
  VM: compared.vm,
  OperationType: enumValue('OperationType', compared.operation),
  Destination: compared.destination,
  Path: compared.path ?? null,
  SnapshotPath: compared.snapshotPath ?? null,
  VhdDestinationPath: null,
  VhdSourcePath: null,
  Incompatibilities: compared.objections.map(({ message, messageId, source }) => ({
    $type: 'VMCompatibilityError',
    Message: message,
    MessageId: messageId,
    Source: source,
  })),
});
