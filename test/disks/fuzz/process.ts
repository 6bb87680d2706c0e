/**
 * Looks at cases until it is told to end, in a process of its own: one that hangs is killed, one that
 * takes all memory dies alone. `node process.ts SEED FIRST STEP [READER]`.
 */

import { setImmediate as immediately } from 'node:timers/promises';
import { newFolder } from '../folder.ts';
import { caseOf } from './cases.ts';
import { makeDisks } from './disks.ts';
import { lookAt, type Outcome, type Reader, readDisk } from './look.ts';

/** Above what the largest map takes to remember. */
const ALLOCATION_BYTES_MAX = 64 * 1024 * 1024;
const RSS_BYTES_MAX = 700 * 1024 * 1024;

/** The folder is removed by whoever ends us, as we may not live to do it. */
export type Said =
  | { readonly index: number; readonly outcome: Outcome }
  | { readonly madeIn: string };

const [seed = '1', first = '0', step = '1', readerModule] = process.argv.slice(2);
let allocated = 0;
watchAllocations();

const read: Reader =
  readerModule === undefined ? readDisk : ((await import(readerModule)) as { read: Reader }).read;
const folder = await newFolder();
const disks = await makeDisks(folder);
process.on('message', () => process.exit(0));
await tell({ madeIn: folder.path('.') });
for (let index = Number(first); ; index += Number(step)) {
  allocated = 0;
  const outcome = await lookAt(disks, caseOf(Number(seed), index), read);
  await tell({ index, outcome: withMemory(outcome) });
  // A reader that waits for nothing would keep the parent's word from us.
  await immediately();
}

function withMemory(outcome: Outcome): Outcome {
  const rss = process.memoryUsage.rss();
  if (allocated > ALLOCATION_BYTES_MAX) return { ...outcome, find: `allocated ${allocated} bytes` };
  if (rss > RSS_BYTES_MAX) return { ...outcome, find: `took ${rss} bytes of memory` };
  return outcome;
}

/** One at a time, so that the parent has seen every case before the one that ends us. */
function tell(said: Said): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(said, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });
}

/** What was asked for counts, though zeros that nobody touches take no memory. */
function watchAllocations(): void {
  const watched = <T extends object>(type: T): T =>
    new Proxy(type, {
      construct(target, args: unknown[], newTarget) {
        const [length] = args;
        if (typeof length === 'number') allocated = Math.max(allocated, length);
        return Reflect.construct(target as never, args, newTarget) as object;
      },
    });
  globalThis.Uint8Array = watched(Uint8Array);
  globalThis.Uint32Array = watched(Uint32Array);
  const { alloc, allocUnsafe } = Buffer;
  Buffer.alloc = (size: number, ...rest: never[]) => {
    allocated = Math.max(allocated, size);
    return alloc(size, ...rest);
  };
  Buffer.allocUnsafe = (size: number) => {
    allocated = Math.max(allocated, size);
    return allocUnsafe(size);
  };
}
