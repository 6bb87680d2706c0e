/** What `ferry stream` says: a line of progress for people, and a report as one line of JSON. */

import { readFile } from 'node:fs/promises';

const MIB = 2 ** 20;
const TOLD_MS = 200;
const BAR_CHARACTERS = 24;

export interface Counts {
  /** Of the disk's own bytes, those that travelled. */
  readonly sentBytes: number;
  /** As it went over the wire: with everything around them, compressed, before encryption. */
  readonly wireBytes: number;
}

export interface Report extends Counts {
  readonly virtualBytes: number;
  readonly allocatedBytes: number;
  /** From the first connection to the commit. */
  readonly seconds: number;
  /** Allocated bytes over seconds. */
  readonly mibPerSecond: number;
  /** Of this process, from its start. */
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
  /** What the target read back past its page cache is what was read here, by the digests of all blocks. */
  readonly verified: boolean;
}

export async function reportOf(
  done: Counts & Pick<Report, 'virtualBytes' | 'allocatedBytes' | 'seconds' | 'verified'>,
): Promise<Report> {
  const { virtualBytes, allocatedBytes, sentBytes, wireBytes, seconds, verified } = done;
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return {
    ...{ virtualBytes, allocatedBytes, sentBytes, wireBytes },
    seconds: round(seconds, 3),
    mibPerSecond: round(allocatedBytes / MIB / Math.max(seconds, 0.001), 1),
    cpuSeconds: round((userCPUTime + systemCPUTime) / 1e6, 2),
    peakRssBytes: await peakRssBytes(),
    verified,
  };
}

/** On Linux, maxRSS also holds what the process that started this one had: VmHWM does not. */
async function peakRssBytes(): Promise<number> {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile('/proc/self/status', 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** `1:05:09`, `5:09`. */
function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, left] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (value: number): string => `${value}`.padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(left)}` : `${minutes}:${two(left)}`;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** A line that goes on in one place of a terminal; nothing where stderr is none. */
export class ProgressLine implements Disposable {
  readonly #bytesTotal: number;
  readonly #startedAt = performance.now();
  #toldAt = 0;

  constructor(bytesTotal: number) {
    this.#bytesTotal = bytesTotal;
  }

  /** `bytes` of the disk are done. */
  tell(bytes: number): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#toldAt < TOLD_MS) return;
    this.#toldAt = now;
    const share = Math.min(1, bytes / Math.max(1, this.#bytesTotal));
    const seconds = (now - this.#startedAt) / 1000;
    const perSecond = bytes / Math.max(seconds, 0.001);
    const left = perSecond > 0 ? clockOf((this.#bytesTotal - bytes) / perSecond) : '–';
    const bar = '█'.repeat(Math.round(share * BAR_CHARACTERS)).padEnd(BAR_CHARACTERS, '░');
    const percent = `${Math.floor(share * 100)}`.padStart(3);
    const rate = `${(perSecond / MIB).toFixed(1)} MiB/s`;
    process.stderr.write(`\r\x1b[K${bar} ${percent} %  ${rate}  ETA ${left}`);
  }

  [Symbol.dispose](): void {
    if (this.#toldAt > 0) process.stderr.write('\r\x1b[K');
  }
}
