/** The switches that a fenced VM's adapters were connected to. */

import type { HyperVOptions } from '../options.ts';

/** By adapter; empty for a VM that is not fenced. */
export async function switchesBefore(
  _options: HyperVOptions,
  _vmId: string,
): Promise<ReadonlyMap<string, string>> {
  return new Map();
}
