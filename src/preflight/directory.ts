/** Whether a VM is a domain controller: its host says so, or the hosts sign in at its address. */

import { known } from '../domain/hyperv.ts';
import type { Subject } from './check.ts';
import { isLoopback, isSameAddress } from './subnet.ts';

/** False also where nobody can say it. */
export function isDomainController({ vm, source, target }: Subject): boolean {
  if (vm.domainController) return true;
  const own = (vm.guest?.addresses ?? []).filter((address) => !isLoopback(address));
  const servers = [source, target].flatMap(
    ({ hyperv }) => known(hyperv?.dependencies.domainControllers) ?? [],
  );
  return servers.some((server) => own.some((address) => isSameAddress(address, server)));
}
