/** What every listener is given. */

import type { Log, MessageRecords, Operations, Roles } from './ports.ts';

export interface Edge {
  readonly operations: Operations;
  readonly records: MessageRecords;
  readonly roles: Roles;
  /** The channel that all migrations are shown in. */
  readonly channel: string;
  readonly log: Log;
  /** Shows an operation's newest state without waiting for the next look. */
  readonly wake: (operation?: string) => void;
}
