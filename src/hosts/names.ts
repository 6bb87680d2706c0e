/** Which VM is meant by a name, the same on every driver. */

import { Problem } from '../domain/problem.ts';
import type { VmFacts } from '../domain/vm.ts';

/**
 * Hyper-V compares names without regard to case, and so do people; the very same name counts before.
 * Character by character: what no screen shows makes another name.
 * @throws Problem `vm-ambiguous`
 */
export function vmNamed(
  vms: readonly VmFacts[],
  { host, wanted }: { readonly host: string; readonly wanted: string },
): VmFacts | undefined {
  const alike = vms.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const exact = alike.filter(({ name }) => name === wanted);
  const found = exact.length > 0 ? exact : alike;
  if (found.length > 1)
    throw new Problem('vm-ambiguous', { host, vm: wanted, count: found.length });
  return found[0];
}
