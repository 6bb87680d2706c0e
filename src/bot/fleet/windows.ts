/** The hours in which a cutover may begin, by host: the bot believes what it signed. */

import { z } from 'zod';
import { Problem, type ProblemRecord, toProblemRecord } from '../../domain/problem.ts';
import type { Window } from '../../domain/window.ts';
import type { Records } from '../../store/store.ts';
import type { Identity } from '../../trust/identity.ts';
import { signRecord, verifiedRecord } from '../../trust/signed-record.ts';

export interface Telling {
  readonly records: Pick<Records, 'get' | 'put' | 'remove'>;
  readonly identity: Pick<Identity, 'privateKey' | 'publicKey'>;
  /** Told of a record that this bot did not write: it is not obeyed. */
  readonly onForged: (problem: ProblemRecord) => void;
}

const schema = z.strictObject({
  host: z.string(),
  zone: z.string(),
  from: z.string(),
  to: z.string(),
  days: z.array(z.int().min(0).max(6)).exactOptional(),
}) satisfies z.ZodType<Window>;

const keyOf = (host: string): string => `windows/${host}`;

export const windowOf =
  ({ records, identity, onForged }: Telling) =>
  async (host: string): Promise<Window | undefined> => {
    const key = keyOf(host);
    const record = await records.get(key);
    if (record === undefined) return undefined;
    try {
      return verifiedRecord(record, { key, publicKey: identity.publicKey, schema });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      onForged(toProblemRecord(error));
      return undefined;
    }
  };

/** Undefined: any hour will do from now on. Plans that were made before keep theirs. */
export async function setWindow(
  { records, identity }: Telling,
  host: string,
  hours: Omit<Window, 'host'> | undefined,
): Promise<void> {
  const key = keyOf(host);
  if (!hours) await records.remove(key);
  else await records.put(key, signRecord(identity, key, { ...hours, host }));
}
