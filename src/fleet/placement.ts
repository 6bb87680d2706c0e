/** Which VM goes to which host: counted before anything is planned, so that all of them fit together. */

export interface Need {
  readonly vm: { readonly id: string; readonly name: string };
  /** Of its disks at the target, with room to grow. */
  readonly bytesOnDisk: number;
  /** 0 for a VM that does not run. */
  readonly memoryBytes: number;
  /** Others live on it, as on a domain controller. */
  readonly dependedOn: boolean;
  /** Hosts on which nothing else stands in its way, the preferred one first. */
  readonly hosts: readonly string[];
}

export interface Room {
  readonly host: string;
  /** Less what is promised to others. */
  readonly bytesFree: number;
  /** Less what is promised to others and what the host itself needs. */
  readonly memoryBytesFree: number;
}

export interface Placed {
  readonly need: Need;
  readonly host: string;
  readonly group: number;
}

export interface Unplaced {
  readonly need: Need;
  /** Where the least is missing. */
  readonly host: string;
  readonly bytesMissing: number;
  readonly memoryBytesMissing: number;
  /** VMs that would have to be off for it to fit; empty where that does not help. */
  readonly leaveOff: readonly string[];
}

export interface Placement {
  /** In the order in which they move. */
  readonly placed: readonly Placed[];
  readonly unplaced: readonly Unplaced[];
}

/**
 * The largest first, each to the host with the most memory left: what is hard to place is placed while
 * there is room. They move in another order: the smallest first, and what others depend on last.
 */
export function place(needs: readonly Need[], rooms: readonly Room[]): Placement {
  const left = new Map(rooms.map((room) => [room.host, room]));
  const placed: Placed[] = [];
  const tooLarge: Need[] = [];
  for (const need of needs.toSorted(largestFirst)) {
    const room = roomiest(need, left);
    if (!room) {
      tooLarge.push(need);
      continue;
    }
    left.set(room.host, lessOf(room, need));
    placed.push({ need, host: room.host, group: need.dependedOn ? 1 : 0 });
  }
  const unplaced = tooLarge.map((need) => whyNot(need, left, placed));
  return { placed: placed.toSorted(inOrder), unplaced };
}

/** What depends on others comes back after them. */
export const returning = <Move extends { readonly group: number }>(
  moves: readonly Move[],
): Move[] => {
  const groups = moves.map(({ group }) => group);
  const highest = Math.max(0, ...groups);
  return moves
    .toReversed()
    .map((move) => ({ ...move, group: highest - move.group }))
    .toSorted((a, b) => a.group - b.group);
};

const largestFirst = (a: Need, b: Need): number =>
  b.memoryBytes - a.memoryBytes || b.bytesOnDisk - a.bytesOnDisk || byName(a, b);

const inOrder = (a: Placed, b: Placed): number =>
  a.group - b.group || a.need.bytesOnDisk - b.need.bytesOnDisk || byName(a.need, b.need);

const byName = (a: Need, b: Need): number =>
  a.vm.name.localeCompare(b.vm.name) || a.vm.id.localeCompare(b.vm.id);

const fits = (need: Need, room: Room): boolean =>
  need.bytesOnDisk <= room.bytesFree && need.memoryBytes <= room.memoryBytesFree;

const lessOf = (room: Room, { bytesOnDisk, memoryBytes }: Need): Room => ({
  ...room,
  bytesFree: room.bytesFree - bytesOnDisk,
  memoryBytesFree: room.memoryBytesFree - memoryBytes,
});

/** Of equal ones the preferred host. */
function roomiest(need: Need, rooms: ReadonlyMap<string, Room>): Room | undefined {
  const open = need.hosts.flatMap((host) => rooms.get(host) ?? []);
  return open
    .filter((room) => fits(need, room))
    .toSorted((a, b) => b.memoryBytesFree - a.memoryBytesFree || b.bytesFree - a.bytesFree)[0];
}

function whyNot(need: Need, rooms: ReadonlyMap<string, Room>, placed: readonly Placed[]): Unplaced {
  const lacks = need.hosts
    .flatMap((host) => rooms.get(host) ?? [])
    .map((room) => ({
      host: room.host,
      bytesMissing: Math.max(0, need.bytesOnDisk - room.bytesFree),
      memoryBytesMissing: Math.max(0, need.memoryBytes - room.memoryBytesFree),
    }))
    .toSorted(
      (a, b) => a.memoryBytesMissing - b.memoryBytesMissing || a.bytesMissing - b.bytesMissing,
    );
  const [least] = lacks;
  if (!least) return { need, host: '', bytesMissing: 0, memoryBytesMissing: 0, leaveOff: [] };
  return { need, ...least, leaveOff: leaveOff(need, least, placed) };
}

/** Memory is given back by a VM that is off; its disks need their place all the same. */
function leaveOff(
  need: Need,
  { host, bytesMissing, memoryBytesMissing }: Omit<Unplaced, 'need' | 'leaveOff'>,
  placed: readonly Placed[],
): readonly string[] {
  if (bytesMissing > 0) return [];
  const others = placed
    .filter((one) => one.host === host && !one.need.dependedOn && one.need.memoryBytes > 0)
    .map((one) => one.need)
    .toSorted((a, b) => a.memoryBytes - b.memoryBytes);
  const one = others.find(({ memoryBytes }) => memoryBytes >= memoryBytesMissing);
  if (one) return [one.vm.name];
  const names: string[] = [];
  let missing = memoryBytesMissing;
  for (const other of others.toReversed()) {
    if (missing <= 0) break;
    names.push(other.vm.name);
    missing -= other.memoryBytes;
  }
  // Where all others are not enough, the VM itself can be moved while it is off.
  return missing > 0 ? (need.dependedOn ? [] : [need.vm.name]) : names;
}
