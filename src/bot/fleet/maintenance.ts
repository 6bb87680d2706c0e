/** Which hosts are in maintenance, and which drains emptied them: the bot believes what it signed. */

import { z } from 'zod';
import { Problem, toProblemRecord } from '../../domain/problem.ts';
import { signRecord, verifiedRecord } from '../../trust/signed-record.ts';
import type { ToldOfHost } from '../looks.ts';
import { type Telling, windowOf } from './windows.ts';

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

const keyOf = (host: string): string => `maintenance/${host}`;

export function maintenances({ records, identity, onForged }: Telling): Maintenances {
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

/** The newest drain of a host that is in maintenance now, and its hours. */
export const toldOf =
  (from: Telling) =>
  async (host: string): Promise<ToldOfHost> => {
    const [found, window] = await Promise.all([maintenances(from).of(host), windowOf(from)(host)]);
    const drain = found?.on ? found.drains.at(-1) : undefined;
    return {
      ...(drain === undefined ? {} : { maintenance: drain }),
      ...(window ? { window } : {}),
    };
  };
