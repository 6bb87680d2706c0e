/** What this host has promised as a target: bytes, startup memory and slots, in one local file. */

import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { HostFacts } from '../domain/host.ts';
import { Verdict } from '../domain/problem.ts';
import { orAbsent } from '../hosts/files.ts';
import type { Reservation, Reservations } from '../migration/ports.ts';
import { writeDurably } from './notebook.ts';
import { turns } from './turns.ts';

const claimSchema = z.object({
  operation: z.string(),
  volume: z.string().exactOptional(),
  bytes: z.number().nonnegative(),
  memoryBytes: z.number().nonnegative(),
  /** It takes none of the moves that the host allows at once. */
  slot: z.literal(false).exactOptional(),
});
const fileSchema = z.array(claimSchema);
type Claim = z.infer<typeof claimSchema>;

export interface HostReservations extends Reservations {
  /** What people approved anew, where this operation holds something: preflight saw that it fits. */
  change(claim: Reservation): Promise<void>;
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
    change: (claim) =>
      inTurn(async () => {
        const claims = await read();
        const held = claims.find(({ operation }) => operation === claim.operation);
        if (!held || isDeepStrictEqual(held, claim)) return;
        await write(claims.map((one) => (one === held ? claim : one)));
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
  const memory = claims.reduce((sum, claim) => sum + claim.memoryBytes, 0);
  const volumes = facts.volumes.map((volume) => {
    const mine = claims.filter((claim) => (claim.volume ?? facts.vmVolume) === volume.path);
    return { ...volume, bytesReserved: mine.reduce((sum, claim) => sum + claim.bytes, 0) };
  });
  return {
    ...facts,
    volumes,
    memoryBytesReserved: memory,
    slotsUsed: claims.filter(takesSlot).length,
  };
}

const takesSlot = ({ slot }: Claim): boolean => slot !== false;

function refuseWhatDoesNotFit(facts: HostFacts, claim: Claim): void {
  const host = facts.name;
  const { volume: wanted = facts.vmVolume } = claim;
  const volume = facts.volumes.find(({ path }) => path === wanted);
  const bytesFree = (volume?.bytesFree ?? 0) - (volume?.bytesReserved ?? 0);
  if (bytesFree < claim.bytes) {
    const missing = claim.bytes - bytesFree;
    throw new Verdict('reservation-no-space', { host, volume: wanted, missing });
  }
  const memoryFree = facts.memoryBytesFree - facts.memoryBytesReserved;
  if (memoryFree < claim.memoryBytes) {
    throw new Verdict('reservation-no-memory', { host, missing: claim.memoryBytes - memoryFree });
  }
  if (takesSlot(claim) && facts.slotsUsed >= facts.slotsMax) {
    throw new Verdict('reservation-no-slot', { host, slots: facts.slotsMax });
  }
}
