/** What would be left if a host died now: for each of its VMs, the copy from which it could run again. */

import type { VmAbout } from '../domain/vm.ts';
import { type Need, place, type Room } from './placement.ts';

export interface CopyThere {
  readonly host: string;
  /** What the guest wrote before is in it, and nothing of what it wrote after: milliseconds since 1970. */
  readonly freshAt: number;
  /** What must be known to start a VM from it; absent: the disks are there, and no more. */
  readonly about?: VmAbout;
}

export interface Threatened {
  readonly vm: { readonly id: string; readonly name: string };
  readonly domainController: boolean;
  /** All its disks are on a share or in a cluster: they outlive the host. */
  readonly onShare: boolean;
  /** On the other hosts. */
  readonly copies: readonly CopyThere[];
}

export type Fate =
  | { readonly kind: 'restorable'; readonly host: string; readonly freshAt: number }
  /** There is no room to run it beside the others that would be restored. */
  | {
      readonly kind: 'no room';
      readonly host: string;
      readonly freshAt: number;
      readonly memoryBytesMissing: number;
      /** VMs of this list that would have to stay off for it. */
      readonly leaveOff: readonly string[];
    }
  /** It must not go back in time. */
  | { readonly kind: 'domain controller' }
  | { readonly kind: 'no definition'; readonly host: string; readonly freshAt: number }
  | { readonly kind: 'on a share' }
  | { readonly kind: 'lost' };

export interface Fated {
  readonly vm: Threatened['vm'];
  readonly fate: Fate;
}

type Startable = CopyThere & { readonly about: VmAbout };

/** In the order of the names. A VM counts at the host that has its newest copy, as `/migrate restore` does. */
export function fates(threatened: readonly Threatened[], rooms: readonly Room[]): readonly Fated[] {
  const found = threatened.map((one) => ({ one, copy: startable(one) }));
  const needs = found.flatMap(({ one, copy }): Need[] =>
    copy && decided(one) === undefined
      ? [
          {
            ...{ vm: one.vm, bytesOnDisk: 0, memoryBytes: copy.about.memoryStartupBytes },
            ...{ dependedOn: false, hosts: [copy.host] },
          },
        ]
      : [],
  );
  const { placed, unplaced } = place(needs, rooms);
  const fits = new Set(placed.map(({ need }) => need.vm.id));
  const fateOf = (one: Threatened, copy: Startable | undefined): Fate => {
    const sure = decided(one);
    if (sure) return sure;
    if (!copy) return withoutStart(one);
    const { host, freshAt } = copy;
    if (fits.has(one.vm.id)) return { kind: 'restorable', host, freshAt };
    const { memoryBytesMissing = 0, leaveOff = [] } =
      unplaced.find(({ need }) => need.vm.id === one.vm.id) ?? {};
    return { kind: 'no room', host, freshAt, memoryBytesMissing, leaveOff };
  };
  return found
    .map(({ one, copy }) => ({ vm: one.vm, fate: fateOf(one, copy) }))
    .toSorted((a, b) => a.vm.name.localeCompare(b.vm.name) || a.vm.id.localeCompare(b.vm.id));
}

function decided({ onShare, domainController }: Threatened): Fate | undefined {
  if (onShare) return { kind: 'on a share' };
  return domainController ? { kind: 'domain controller' } : undefined;
}

const newestFirst = (a: CopyThere, b: CopyThere): number => b.freshAt - a.freshAt;

const startable = ({ copies }: Threatened): Startable | undefined =>
  copies
    .toSorted(newestFirst)
    .flatMap((copy): Startable[] => (copy.about ? [{ ...copy, about: copy.about }] : []))[0];

function withoutStart({ copies }: Threatened): Fate {
  const [newest] = copies.toSorted(newestFirst);
  if (!newest) return { kind: 'lost' };
  return { kind: 'no definition', host: newest.host, freshAt: newest.freshAt };
}
