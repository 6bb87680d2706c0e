/**
 * What moved VMs left on this host: their disks, each with a record beside it that holds the VM's
 * definition. This worker's own folder says which there are; nobody else's file makes it delete one.
 */

import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { z } from 'zod';
import { describeFile } from '../disks/chain.ts';
import type { HostFacts, KeptDisk } from '../domain/host.ts';
import { known } from '../domain/hyperv.ts';
import { pathKey } from '../domain/paths.ts';
import { Problem } from '../domain/problem.ts';
import type { VmFacts } from '../domain/vm.ts';
import { orAbsent } from '../hosts/files.ts';
import type { KeptCopy, LeftCopy } from '../migration/kept.ts';
import { openCopy } from '../stream/copy-store.ts';
import { syncDirectory } from '../trust/files.ts';
import { writeDurably } from './notebook.ts';

const DAY_MS = 86_400_000;
const RECORDS_MAX = 1_000;
/** What a checkpoint appends to a disk's own name. */
const CHECKPOINT = /_[0-9a-f-]{36}$/i;

const recordSchema = z.object({
  vm: z.object({ id: z.string(), name: z.string() }),
  operation: z.string(),
  round: z.int(),
  /** Milliseconds since 1970, this host's clock. */
  leftAt: z.number(),
  keptUntil: z.number(),
  disks: z.array(z.object({ disk: z.string(), path: z.string() })).min(1),
  /** As the hypervisor exported it, in base64. */
  definition: z.base64(),
  /** People agreed that it goes, and it has begun to: it is no copy any more. */
  going: z.literal(true).exactOptional(),
  /** The copy that is made of its disks: once there is one in this folder, they are that one's. */
  lent: z.object({ operation: z.string(), folder: z.string() }).exactOptional(),
});
type LeftRecord = z.infer<typeof recordSchema>;

export interface LeftBehindOptions {
  /** A folder of this worker's own. */
  readonly directory: string;
  readonly keepDays: number;
}

export interface LeftBehind {
  /** @returns until when it is kept, milliseconds since 1970 */
  leave(left: LeftCopy): Promise<number>;
  /** `open`: operations that are not over. */
  all(host: HostFacts, open: ReadonlySet<string>): Promise<KeptCopy[]>;
  /**
   * For a copy that an operation makes of its disks, in a folder of its own: from the moment at which
   * that is one, this one is none. Undefined where there is none, or it is being deleted.
   */
  lend(
    left: { readonly vmId: string; readonly folder: string },
    to: { readonly operation: string; readonly folder: string },
  ): Promise<LentCopy | undefined>;
  /** False where this is no copy that a VM left. Goes on with a removal that was cut short. */
  remove(vmId: string, folder: string): Promise<boolean>;
}

export type LentCopy = Pick<LeftRecord, 'operation' | 'leftAt' | 'disks'>;

export function leftBehind({ directory, keepDays }: LeftBehindOptions): LeftBehind {
  const fileOf = (operation: string) => join(directory, `${operation}.json`);
  const read = async (operation: string): Promise<LeftRecord | undefined> => {
    const text = await readFile(fileOf(operation), 'utf8').catch(orAbsent);
    return text === undefined ? undefined : recordSchema.parse(JSON.parse(text));
  };
  const records = async (): Promise<LeftRecord[]> => {
    const names = (await readdir(directory).catch(orAbsent)) ?? [];
    const operations = names.slice(0, RECORDS_MAX).flatMap((name) => {
      const { name: operation, ext } = parse(name);
      return ext === '.json' ? [operation] : [];
    });
    const found = (await Promise.all(operations.map(read))).filter((one) => one !== undefined);
    const own: LeftRecord[] = [];
    for (const record of found) {
      if (record.lent && (await openCopy(record.lent.folder))) await forget(record);
      else own.push(record);
    }
    return own;
  };
  const named = async (vmId: string, folder: string): Promise<LeftRecord | undefined> =>
    (await records()).find((record) => record.vm.id === vmId && besideDisks(record) === folder);
  /** The record alone; its disks stay. */
  const forget = async (record: LeftRecord): Promise<void> => {
    await rm(besideDisks(record), { force: true });
    await rm(fileOf(record.operation), { force: true });
    await syncDirectory(directory);
  };
  const write = async (record: LeftRecord): Promise<void> => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeDurably(fileOf(record.operation), JSON.stringify(record));
  };
  return {
    async leave({ vm, operation, round, disks, definition }) {
      // A VM without disks leaves nothing.
      if (disks.length === 0) return Date.now();
      const found = await read(operation);
      const leftAt = Date.now();
      const record = found ?? {
        vm,
        operation,
        round,
        leftAt,
        keptUntil: leftAt + keepDays * DAY_MS,
        disks: [...disks],
        definition: Buffer.from(definition.bytes).toString('base64'),
      };
      await write(record);
      await writeDurably(besideDisks(record), JSON.stringify(record, undefined, 2));
      return record.keptUntil;
    },
    async all(host, open) {
      const kept = (await records()).filter(({ going }) => !going);
      return await Promise.all(kept.map((record) => keptCopy(record, host, open)));
    },
    async lend({ vmId, folder }, lent) {
      const found = await named(vmId, folder);
      if (!found || found.going) return undefined;
      await write({ ...found, lent });
      const { operation, leftAt, disks } = found;
      return { operation, leftAt, disks };
    },
    async remove(vmId, folder) {
      const found = await named(vmId, folder);
      if (!found) return false;
      await write({ ...found, going: true });
      for (const { path } of found.disks) await rm(path, { force: true });
      await forget(found);
      return true;
    },
  };
}

/** The record that people find beside the first disk; it names this copy. */
function besideDisks({ operation, disks }: Pick<LeftRecord, 'operation' | 'disks'>): string {
  return join(dirname(disks[0]?.path ?? ''), `ferry-left-${operation}.json`);
}

async function keptCopy(
  record: LeftRecord,
  { vms }: HostFacts,
  open: ReadonlySet<string>,
): Promise<KeptCopy> {
  const { vm, operation, round, leftAt, keptUntil, disks, lent } = record;
  const user = vms.find((one) => disks.some(({ path }) => stands(one, path)));
  const users = [operation, ...(lent ? [lent.operation] : [])];
  const usedBy = user?.name ?? users.find((one) => open.has(one));
  const sizes = await Promise.all(
    disks.map(async ({ path }) => (await stat(path).catch(orAbsent))?.size ?? 0),
  );
  const whole = await wholeDisks(disks);
  return {
    vm,
    kind: 'left behind',
    folder: besideDisks(record),
    operation,
    round,
    committedAt: leftAt,
    keptUntil,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    ...(usedBy === undefined ? {} : { usedBy }),
    ...(whole ? { disks: whole } : {}),
  };
}

/** Nothing where one of them is gone, is no disk any more, or stands on another file. */
async function wholeDisks(disks: LeftRecord['disks']): Promise<KeptDisk[] | undefined> {
  try {
    const found: KeptDisk[] = [];
    for (const { disk, path } of disks) {
      const { virtualBytes, parent } = await describeFile(path);
      if (parent) return undefined;
      found.push({ disk, path, virtualBytes });
    }
    return found;
  } catch (error) {
    if (error instanceof Problem || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}

/** Whether a VM has this file, or one of its checkpoints' files stands on it. */
function stands(vm: VmFacts, path: string): boolean {
  const key = pathKey(path);
  const chains = (vm.hyperv?.disks ?? []).flatMap(({ chain }) => known(chain) ?? []);
  if ([...vm.disks.map((disk) => disk.path), ...chains].some((one) => pathKey(one) === key)) {
    return true;
  }
  return vm.disks.some((disk) => disk.chainLength > 1 && baseKey(disk.path) === baseKey(path));
}

const baseKey = (path: string): string => {
  const { dir, name } = parse(path);
  return pathKey(join(dir, name.replace(CHECKPOINT, '')));
};
