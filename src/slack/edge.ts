/** What every listener is given. */

import type { Words } from '../texts/words.ts';
import type { Asker, Authority } from './authority.ts';
import type { Audit, Log, MessageRecords, Operations } from './ports.ts';
import type { Sent } from './send-audit.ts';

export interface Edge {
  readonly operations: Operations;
  readonly records: MessageRecords;
  readonly authority: Authority;
  /** Every decision of a person, and what came of it. */
  readonly audit: Audit;
  /**
   * Uploads audit and journals' decisions as a file to the asker's channel: all, or those of a VM.
   * Throws as `Posts.upload` does, and `store-unreachable`.
   */
  readonly exportAudit: (asker: Asker, vm?: string) => Promise<Sent>;
  /** The channel that migrations are shown in unless they were asked for in another one. */
  readonly channel: string;
  readonly log: Log;
  /** The words for one person's answers; for the channel without a user. */
  readonly wordsFor: (user?: string) => Promise<Words>;
  /** IANA name of the person's time zone; undefined where Slack does not tell. */
  readonly zoneOf: (user: string) => Promise<string | undefined>;
  /** Shows an operation's newest state without waiting for the next look. */
  readonly wake: (operation?: string) => void;
}
