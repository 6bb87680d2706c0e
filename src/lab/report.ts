/** What a newcomer reads at the end: measured by the witness and the checker, not by Ferry. */

import { createHash } from 'node:crypto';
import { blake3 } from '@napi-rs/blake-hash';
import { resultOf } from '../bot/view.ts';
import { openChain } from '../disks/chain.ts';
import { type Entry, migrationOf } from '../domain/journal.ts';
import type { VmReport } from './checker.ts';

const BLOCK_BYTES = 65_536;
const DIGEST_BYTES = 16;
const PAGE_BLOCKS = 4096;
const MIB = 2 ** 20;

export interface DiskDigests {
  readonly disk: string;
  /** Of the disk that the source kept, read by the lab itself after the move. */
  readonly kept: string;
  /** Of what the target read back when the last round was committed. */
  readonly received: string;
}

/** The digests that say that the target got what the source had frozen. */
export async function digestsOf(entries: readonly Entry[]): Promise<DiskDigests[]> {
  const received = receivedIn(entries);
  const { disks } = migrationOf(entries).plan;
  return await Promise.all(
    disks.map(async ({ id, sourcePath }) => ({
      disk: id,
      kept: await digestOfFile(sourcePath),
      received: received.get(id) ?? 'none',
    })),
  );
}

/** `SCSI 0:0 <digest>` per disk, as the last round's entry has it. */
function receivedIn(entries: readonly Entry[]): Map<string, string> {
  const done = entries.findLast(
    ({ body }) => body.kind === 'done' && body.step === 'copyLastRound',
  )?.body;
  const lines = done?.kind === 'done' ? done.facts.received : undefined;
  const pairs = Array.isArray(lines) ? lines : [];
  return new Map(
    pairs.map((line: string) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/**
 * Of each 64 KiB block the first 16 bytes of its BLAKE3, zeros for a block of zeros; of each 4096 blocks the
 * SHA-256 of these; and of all the SHA-256 of those.
 */
export async function digestOfFile(path: string): Promise<string> {
  await using reader = await openChain(path);
  const block = Buffer.alloc(BLOCK_BYTES);
  const zeros = Buffer.alloc(BLOCK_BYTES);
  const whole = createHash('sha256');
  let page = createHash('sha256');
  let blocks = 0;
  for (let offset = 0; offset < reader.virtualBytes; offset += BLOCK_BYTES) {
    const length = Math.min(BLOCK_BYTES, reader.virtualBytes - offset);
    const bytes = block.subarray(0, length);
    await reader.read(offset, bytes);
    const isZero = bytes.equals(zeros.subarray(0, length));
    const digest = blake3(bytes).subarray(0, DIGEST_BYTES);
    page.update(isZero ? Buffer.alloc(DIGEST_BYTES) : digest);
    blocks += 1;
    const isLast = offset + length === reader.virtualBytes;
    if (blocks % PAGE_BLOCKS !== 0 && !isLast) continue;
    whole.update(page.digest());
    page = createHash('sha256');
  }
  return whole.digest('hex');
}

export function reportLines(
  entries: readonly Entry[],
  vm: VmReport | undefined,
  digests: readonly DiskDigests[],
): string[] {
  const result = resultOf(entries);
  const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
  const pause = vm?.longestPause;
  const lines = ['', 'Report'];
  if (result) {
    const { virtualBytes, allocatedBytes, sentBytes, rounds, totalSeconds } = result;
    lines.push(`  time      ${totalSeconds.toFixed(1)} s from the command to the heartbeat`);
    lines.push(`  disks     ${mib(virtualBytes)} virtual, ${mib(allocatedBytes)} allocated`);
    lines.push(`  sent      ${mib(sentBytes)} in ${rounds} rounds`);
  }
  if (vm) {
    const seconds = ((pause?.milliseconds ?? 0) / 1000).toFixed(2);
    lines.push(`  pause     ${seconds} s, the longest gap that the witness saw`);
    lines.push(`  records   acknowledged ${vm.acknowledged}, lost ${vm.lost}`);
    const hosts = vm.runningOn.map(({ host }) => host).join(' and ') || 'no host';
    lines.push(`  runs on   ${hosts}`);
  }
  for (const { disk, kept, received } of digests) {
    lines.push(`  ${disk}  source ${kept}`, `  ${' '.repeat(disk.length)}  target ${received}`);
  }
  return lines;
}
