/**
 * A power cut: all that is done to files is recorded, and played again up to any moment of it, with any
 * part of what no sync had covered by then lost or torn.
 */

import { fstatSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What storage writes whole. */
const SECTOR_BYTES = 512;
/** Of what a file had before it was this one's. */
const STALE = 0xdb;

interface Change {
  readonly file: number;
  readonly position: number;
  /** Absent where the file's length was set to `position`. */
  readonly bytes?: Buffer;
  isDone: boolean;
}

/** What happened, in its order: changes as they begin, syncs as they end, with what they cover. */
export type Happening<Mark> = Change | { readonly covered: readonly Change[] } | { mark: Mark };

export interface Recording<Mark> {
  readonly happenings: readonly Happening<Mark>[];
  /** What the test itself wants to find again. */
  readonly mark: (mark: Mark) => void;
}

/** Records what `act` does to these files, numbered as they are named; a file may be made meanwhile. */
export async function recorded<Mark>(
  paths: readonly string[],
  act: (recording: Recording<Mark>) => Promise<void>,
): Promise<readonly Happening<Mark>[]> {
  const handle = await open(import.meta.filename, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { write, truncate, datasync } = prototype;
  const happenings: Happening<Mark>[] = [];
  const fileOf = (one: FileHandle): number => {
    const { ino } = fstatSync(one.fd);
    return paths.findIndex((path) => statSync(path, { throwIfNoEntry: false })?.ino === ino);
  };
  const during = async <T>(change: Change, done: Promise<T>): Promise<T> => {
    happenings.push(change);
    const result = await done;
    change.isDone = true;
    return result;
  };
  Object.assign(prototype, {
    write(this: FileHandle, ...args: [Uint8Array, number, number, number]) {
      const [from, offset, length, position] = args;
      const bytes = Buffer.from(from.subarray(offset, offset + length));
      const change = { file: fileOf(this), position, bytes, isDone: false };
      return during(change, Reflect.apply(write, this, args));
    },
    truncate(this: FileHandle, position: number) {
      const change = { file: fileOf(this), position, isDone: false };
      return during(change, truncate.call(this, position));
    },
    async datasync(this: FileHandle) {
      const file = fileOf(this);
      const covered = happenings.filter(
        (one): one is Change => 'isDone' in one && one.file === file && one.isDone,
      );
      await datasync.call(this);
      // As slow as storage is: other things happen meanwhile.
      await sleep(1);
      happenings.push({ covered });
    },
  });
  try {
    await act({ happenings, mark: (mark) => happenings.push({ mark }) });
    return happenings;
  } finally {
    Object.assign(prototype, { write, truncate, datasync });
  }
}

/** Numbers from 0 up to and without `end`. */
export type Chance = (end: number) => number;

/** The same numbers for the same seed, so that what fails can be found again. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0;
  return (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * end);
  };
}

/** What happened before a cut: at any moment, or when as much as can be is to be lost, before a sync ends. */
export function happenedBefore<Mark>(
  happenings: readonly Happening<Mark>[],
  chance: Chance,
): readonly Happening<Mark>[] {
  const syncs = [...happenings.keys()].filter((at) => 'covered' in (happenings[at] ?? {}));
  const any = chance(happenings.length + 1);
  return happenings.slice(0, chance(3) === 0 ? any : (syncs[chance(syncs.length)] ?? any));
}

/** What a file that began as `before` may hold when the power is cut after the first `happened`. */
export function afterCut<Mark>(
  happened: readonly Happening<Mark>[],
  { file, before, chance }: { file: number; before: Buffer; chance: Chance },
): Buffer {
  const durable = new Set(happened.flatMap((one) => ('covered' in one ? one.covered : [])));
  const changes = happened.filter((one): one is Change => 'isDone' in one && one.file === file);
  const endOf = ({ position, bytes }: Change) => position + (bytes?.length ?? 0);
  const ends = (of: Change[]) => of.map(endOf).concat(before.length);
  const safeBytes = Math.max(...ends(changes.filter((one) => durable.has(one))));
  const fileBytes = Math.max(...ends(changes));
  const content = Buffer.alloc(fileBytes, chance(2) * STALE, 'latin1');
  content.fill(0, 0, safeBytes);
  before.copy(content);
  // As a whole some go this way and some that; and of some, each sector goes its own.
  const fate = chance(4);
  for (const change of changes) {
    const { bytes = Buffer.alloc(0), position } = change;
    const how = fate === 3 ? chance(3) : fate;
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + SECTOR_BYTES - ((position + at) % SECTOR_BYTES));
      const isKept = durable.has(change) || how === 1 || (how === 2 && chance(2) === 1);
      if (isKept) bytes.copy(content, position + at, at, end);
      at = end;
    }
  }
  const growth = [0, fileBytes - safeBytes, chance(fileBytes - safeBytes + 1)];
  return content.subarray(0, safeBytes + (growth[chance(growth.length)] ?? 0));
}
