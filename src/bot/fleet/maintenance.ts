/** Which hosts are in maintenance, and which drains emptied them: the bot believes what it signed. */

import { z } from 'zod';
import { Problem, type ProblemRecord, toProblemRecord } from '../../domain/problem.ts';
import type { Records } from '../../store/store.ts';
import type { Identity } from '../../trust/identity.ts';
import { signRecord, verifiedRecord } from '../../trust/signed-record.ts';

const schema = z.strictObject({
  /** False once its VMs return: what the drains moved is remembered until all of it is back. */
  on: z.boolean(),
  /** Names of the drains whose VMs have not returned, oldest first; at least one. */
  drains: z.array(z.string()).min(1),
});
export type Maintenance = Readonly<z.infer<typeof schema>>;

export interface Maintenances {
  /** Undefined where nothing was drained, or everything is back. */
  of(host: string): Promise<Maintenance | undefined>;
  put(host: string, maintenance: Maintenance): Promise<void>;
  remove(host: string): Promise<void>;
}

export interface MaintenanceIn {
  readonly records: Pick<Records, 'get' | 'put' | 'remove'>;
  readonly identity: Pick<Identity, 'privateKey' | 'publicKey'>;
  /** Told of a record that this bot did not write: it is not obeyed. */
  readonly onForged: (problem: ProblemRecord) => void;
}

const keyOf = (host: string): string => `maintenance/${host}`;

export function maintenances({ records, identity, onForged }: MaintenanceIn): Maintenances {
  return {
    async of(host) {
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
    },
    async put(host, maintenance) {
      const key = keyOf(host);
      await records.put(key, signRecord(identity, key, maintenance));
    },
    remove: (host) => records.remove(keyOf(host)),
  };
}

/** The newest drain of a host that is in maintenance now. */
export const maintenanceOf =
  (from: MaintenanceIn) =>
  async (host: string): Promise<string | undefined> => {
    const found = await maintenances(from).of(host);
    return found?.on ? found.drains.at(-1) : undefined;
  };
