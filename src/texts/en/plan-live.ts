/** Words of the plan of a live move: which way and why, over what, and what becomes of drives and adapters. */

import type { LiveWay } from '../../domain/live.ts';
import type { PlannedMedium } from '../../domain/plan.ts';
import { listText } from './amounts.ts';

/** Names are cut to what a name may be. */
interface Route {
  readonly vm: string;
  readonly source: string;
  readonly target: string;
}

interface Via {
  readonly subnet: string;
  readonly sourceAddress: string;
  readonly targetAddress: string;
  readonly dedicated: boolean;
}

interface Rewired {
  readonly adapter: string;
  readonly from: string;
  readonly to: string;
  readonly target: string;
}

const viaText = ({ subnet, sourceAddress, targetAddress }: Via): string =>
  `${subnet} (${sourceAddress} to ${targetAddress})`;

export const planLive = {
  /** Which way, and why. */
  way: {
    'with storage': ({ vm, target, volume }: Route & { readonly volume: string }) =>
      `After approval the hypervisor moves ${vm} to ${target} while it runs. ` +
      `Its disks go along to ${volume}, because not all of them lie where both hosts reach them.`,
    'memory only': ({ vm, target }: Route) =>
      `After approval the hypervisor moves ${vm} to ${target} while it runs: ` +
      'its memory alone, because both hosts reach the share with its disks.',
    'cluster role': ({ vm, target }: Route) =>
      `After approval the cluster moves ${vm} to ${target} while it runs: as its role, ` +
      'because nobody else may move it. The cluster keeps the disks.',
  } satisfies Record<LiveWay, (route: Route & { readonly volume: string }) => string>,
  over: {
    one: (via: Via) =>
      `It goes over the network ${viaText(via)}, ` +
      `${via.dedicated ? 'which is there for this alone' : 'which has other traffic too'}.`,
    some: (all: readonly Via[]) =>
      `It goes over one of these networks, as the hypervisor chooses: ${listText(all.map(viaText))}.`,
    cluster: (names: readonly string[]) =>
      `It goes over a network that the cluster allows for it: ${listText(names)}.`,
    likely: (subnet: string) =>
      `It probably goes over the network ${subnet}: what else the hosts have could not be read.`,
    unknown: 'Over which network it goes could not be read.',
  },
  runs: ({ vm }: Route) =>
    `${vm} is not stopped. It can be cancelled until the hypervisor switches over.`,
  rewired: ({ adapter, from, to, target }: Rewired) =>
    `${adapter} is taken off ${from} before the move and connected to ${to} on ${target} after it: ` +
    'it has no network meanwhile.',
  medium: {
    stays: (path: string, target: string) => `${path} stays in its drive: ${target} has it too.`,
    ejected: (path: string, target: string) =>
      `${path} is ejected and not put back, because ${target} does not have it.`,
    unknown: (path: string, target: string) =>
      `${path} is ejected, and put back only if ${target} has it, which could not be read.`,
  } satisfies Record<PlannedMedium['becomes'], (path: string, target: string) => string>,
  parents: (files: readonly string[], { source }: Route) =>
    `Its disks stand on ${listText(files)}: copied too, and kept on ${source}, where others may stand on it.`,
  /** Of disks that do not go along with the others. */
  onShare: (disks: readonly string[]) => `${listText(disks)}: stays on its share.`,
  /** What is left at the source. */
  left: {
    'with storage': ({ vm, source, target }: Route) =>
      `No copy stays on ${source}: once ${vm} runs on ${target}, the hypervisor deletes its disks there.`,
    'memory only': ({ vm, source }: Route) =>
      `The disks stay on their share; nothing else of ${vm} is left on ${source}.`,
    'cluster role': ({ vm, source }: Route) =>
      `The disks stay in the cluster; nothing else of ${vm} is left on ${source}.`,
  } satisfies Record<LiveWay, (route: Route) => string>,
  /** In a list of what people approve. */
  value: {
    via: viaText,
    medium: {
      stays: (path: string) => `${path} stays`,
      ejected: (path: string) => `${path} is ejected`,
      unknown: (path: string) => `${path} may be ejected`,
    } satisfies Record<PlannedMedium['becomes'], (path: string) => string>,
    parent: (path: string) => `${path} goes along`,
    rewired: (adapter: string, from: string, to: string) => `${adapter} from ${from} to ${to}`,
  },
};
