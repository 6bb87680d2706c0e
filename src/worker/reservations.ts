/** What this host has promised as a target: bytes, startup memory and slots, in one local file. */

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { HostFacts } from '../domain/host.ts';
import { Verdict } from '../domain/problem.ts';
import type { Reservations } from '../migration/ports.ts';
import { orAbsent, writeDurably } from './notebook.ts';
import { turns } from './turns.ts';

const claimSchema = z.object({
  operation: z.string(),
  bytes: z.number().nonnegative(),
  memoryBytes: z.number().nonnegative(),
});
const fileSchema = z.array(claimSchema);
type Claim = z.infer<typeof claimSchema>;

export interface HostReservations extends Reservations {
  /** The host's facts with what is promised counted in. */
  counted(facts: HostFacts): Promise<HostFacts>;
  /** The same as an operation sees it that holds a part of it: only others count. */
  countedWithout(facts: HostFacts, operation: string): Promise<HostFacts>;
}

/** Only this host's worker holds the file, so a queue in memory orders the changes. */
export function openReservations(path: string, facts: () => Promise<HostFacts>): HostReservations {
  const inTurn = turns();
  const read = async (): Promise<Claim[]> => {
    const text = await readFile(path, 'utf8').catch(orAbsent);
    return text === undefined ? [] : fileSchema.parse(JSON.parse(text));
  };
  const write = (claims: Claim[]) => writeDurably(path, JSON.stringify(claims));
  return {
    reserve: (claim) =>
      inTurn(async () => {
        const others = (await read()).filter(({ operation }) => operation !== claim.operation);
        refuseWhatDoesNotFit(withReserved(await facts(), others), claim);
        await write([...others, claim]);
      }),
    release: (operation) =>
      inTurn(async () => {
        await write((await read()).filter((claim) => claim.operation !== operation));
      }),
    counted: (host) => inTurn(async () => withReserved(host, await read())),
    countedWithout: (host, mine) =>
      inTurn(async () =>
        withReserved(
          host,
          (await read()).filter(({ operation }) => operation !== mine),
        ),
      ),
  };
}

function withReserved(facts: HostFacts, claims: readonly Claim[]): HostFacts {
  const bytes = claims.reduce((sum, claim) => sum + claim.bytes, 0);
  const memory = claims.reduce((sum, claim) => sum + claim.memoryBytes, 0);
  const volumes = facts.volumes.map((volume) =>
    volume.path === facts.vmVolume ? { ...volume, bytesReserved: bytes } : volume,
  );
  return { ...facts, volumes, memoryBytesReserved: memory, slotsUsed: claims.length };
}

function refuseWhatDoesNotFit(facts: HostFacts, claim: Claim): void {
  const host = facts.name;
  const volume = facts.volumes.find(({ path }) => path === facts.vmVolume);
  const bytesFree = (volume?.bytesFree ?? 0) - (volume?.bytesReserved ?? 0);
  if (bytesFree < claim.bytes) {
    const missing = claim.bytes - bytesFree;
    throw new Verdict('reservation-no-space', { host, volume: facts.vmVolume, missing });
  }
  const memoryFree = facts.memoryBytesFree - facts.memoryBytesReserved;
  if (memoryFree < claim.memoryBytes) {
    throw new Verdict('reservation-no-memory', { host, missing: claim.memoryBytes - memoryFree });
  }
  if (facts.slotsUsed >= facts.slotsMax) {
    throw new Verdict('reservation-no-slot', { host, slots: facts.slotsMax });
  }
}
