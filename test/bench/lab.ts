/** A lab for a measurement: its own folder, its hosts enrolled, all of it gone afterwards. */

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, type LabOptions, startLab } from '../../src/lab/machine.ts';
import { enrolHosts } from '../../src/lab/session.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface MeasuredLab extends Omit<LabOptions, 'directory' | 'storeUrl'> {
  /** In which the lab's folder is made. */
  readonly directory: string;
}

export async function inLab<T>(
  { directory, ...options }: MeasuredLab,
  measure: (lab: Lab) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(directory, 'ferry-bench-lab-'));
  try {
    const lab = await startLab({ ...options, directory: folder });
    // A lab's guests outlive whoever started them, as VMs do.
    const onSignal = (): void => void lab.stop().finally(() => process.exit(1));
    for (const signal of SIGNALS) process.once(signal, onSignal);
    try {
      await enrolHosts(lab);
      return await measure(lab);
    } finally {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      await lab.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
