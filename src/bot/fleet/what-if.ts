/** What would be lost with a host: from what all hosts say now, and nothing is changed. */

import { Problem } from '../../domain/problem.ts';
import type { VmFacts } from '../../domain/vm.ts';
import { type CopyThere, fates, type Threatened } from '../../fleet/what-if.ts';
import type { KeptCopy } from '../../migration/kept.ts';
import type { AlignmentRow, WhatIf } from '../../slack/rows.ts';
import type { KnownHost } from '../hosts.ts';
import { enrolledHost, type Look, type Looking, lookEverywhere } from '../looks.ts';
import { type Standing, standingOn } from './drain-carrier.ts';
import { roomOf } from './drain-moves.ts';
import { NO_VM } from './drain-plan.ts';

export interface WhatIfLook extends Looking {
  readonly hosts: () => Promise<readonly KnownHost[]>;
  readonly copiesOn: (host: string) => Promise<readonly KeptCopy[]>;
  readonly orders: () => Promise<readonly AlignmentRow[]>;
  /** Where the bot and its store are. */
  readonly standing: () => Promise<Standing>;
}

interface CopyOf extends CopyThere {
  readonly vm: KeptCopy['vm'];
}

/**
 * Of a host that is away, the VMs of which another host has a copy are known, and no others.
 * @throws {Problem} host-unknown | host-not-enrolled
 */
export async function whatIf(from: WhatIfLook, wanted: string): Promise<WhatIf> {
  const hosts = await from.hosts();
  const { name: host } = enrolledHost(hosts, wanted);
  const looks = await lookEverywhere(from, hosts, NO_VM);
  const orders = await from.orders();
  const here = looks.find(({ party }) => party.name === host)?.inspected?.host;
  const others = looks.flatMap(({ party, inspected }) =>
    inspected && party.name !== host ? [inspected.host] : [],
  );
  const copies = (await Promise.all(others.map((one) => copiesAt(from, one.name, orders)))).flat();
  const threatened = here
    ? here.vms.map((vm) => threatenedOf(vm, copies))
    : ofAway(copies, { host, looks, orders });
  const carries = here ? standingOn(here, await from.standing()) : undefined;
  return {
    host,
    answers: here !== undefined,
    silent: looks.flatMap(({ party, inspected }) =>
      inspected || party.name === host ? [] : [party.name],
    ),
    ...(carries ? { carries: carries.what } : {}),
    vms: fates(threatened, others.map(roomOf)),
    bare: orders
      .filter(({ vm, target }) => target === host && !copies.some((one) => one.vm.id === vm.id))
      .map(({ vm }) => vm.name)
      .toSorted(),
  };
}

async function copiesAt(
  from: WhatIfLook,
  host: string,
  orders: readonly AlignmentRow[],
): Promise<CopyOf[]> {
  const copies = await from.copiesOn(host).catch(noneOfSilent);
  return copies
    .filter(({ kind, usedBy }) => kind === 'received' && usedBy === undefined)
    .map(({ vm, committedAt, about }) => {
      const order = orders.find((one) => one.vm.id === vm.id && one.target === host);
      const freshAt = Math.min(order?.freshAt ?? committedAt, committedAt);
      return { vm, host, freshAt, ...(about ? { about } : {}) };
    });
}

function noneOfSilent(error: unknown): [] {
  if (error instanceof Problem) return [];
  throw error;
}

function threatenedOf(vm: VmFacts, copies: readonly CopyOf[]): Threatened {
  const mine = copies.filter((copy) => copy.vm.id === vm.id);
  const disks = vm.hyperv?.disks ?? [];
  return {
    vm: { id: vm.id, name: vm.name },
    domainController: vm.domainController === true || isController(mine),
    onShare: disks.length > 0 && disks.every(({ place }) => place !== 'local'),
    copies: mine,
  };
}

/** What was its, and runs nowhere that answers. */
function ofAway(
  copies: readonly CopyOf[],
  {
    host,
    looks,
    orders,
  }: { host: string; looks: readonly Look[]; orders: readonly AlignmentRow[] },
): Threatened[] {
  const isElsewhere = (id: string): boolean =>
    looks.some(({ inspected }) => inspected?.host.vms.some((vm) => vm.id === id));
  const mayBeOf = (id: string): boolean =>
    orders.every((order) => order.vm.id !== id || order.source === host);
  const vms = new Map(copies.map(({ vm }) => [vm.id, vm]));
  return [...vms.values()]
    .filter(({ id }) => !isElsewhere(id) && mayBeOf(id))
    .map((vm) => {
      const mine = copies.filter((copy) => copy.vm.id === vm.id);
      return { vm, domainController: isController(mine), onShare: false, copies: mine };
    });
}

const isController = (copies: readonly CopyOf[]): boolean =>
  copies.some(({ about }) => about?.domainController === true);
