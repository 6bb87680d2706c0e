/** What the parts print: tables, and on which machine they were taken. */

import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

const GIB = 2 ** 30;

export function machineLines(): string[] {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown CPU';
  const [load = 0] = loadavg();
  return [
    `${new Date().toISOString()} · ${model}, ${processors.length} cores · ` +
      `${(totalmem() / GIB).toFixed(0)} GiB · ${platform()} ${release()} ${arch()} · ` +
      `node ${process.version} · load ${load.toFixed(1)}`,
    'Shared machines are noisy: figures move by up to 2x between runs. Compare within one run only.',
  ];
}

export type Row = readonly (string | number)[];

/** Prints a title and aligned columns: the first to the left, the others to the right. */
export function printTable(title: string, head: Row, rows: readonly Row[]): void {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  console.info(`\n${title}`);
  for (const line of lines) {
    const cells = widths.map((width, at) => {
      const cell = line[at] ?? '';
      return at === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.info(`  ${cells.join('  ')}`.trimEnd());
  }
}

/** The value below which this share of all values lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
  return sorted[Math.max(0, at)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
