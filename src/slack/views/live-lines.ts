/** The plan of a live move in words: which way and why, over what, and what becomes of each part. */

import type { Plan, PlannedLive } from '../../domain/plan.ts';
import type { PlanWords, Words } from '../../texts/words.ts';
import { cut, named } from './blocks.ts';

/** Of each kind; a VM has few of them, and a message is short. */
const NAMED_MAX = 8;
const PATH_CHARS_MAX = 160;

const shortPath = (path: string): string => cut(path, PATH_CHARS_MAX);

/** Sentences, not yet escaped. */
export function liveSentences(plan: Plan, live: PlannedLive, words: Words): string[] {
  const say = words.plan.live;
  const route = {
    vm: named(plan.vm.name),
    source: named(plan.source),
    target: named(plan.target),
    volume: named(plan.volume),
  };
  const { way, parents = [], rewired = [], media = [] } = live;
  const staying = way === 'with storage' ? plan.disks.filter(isStaying) : [];
  return [
    say.way[way](route),
    overText(plan, live, say),
    say.runs(route),
    ...rewired
      .slice(0, NAMED_MAX)
      .map((one) => say.rewired({ ...namesOf(one), target: route.target })),
    ...media
      .slice(0, NAMED_MAX)
      .map(({ path, becomes }) => say.medium[becomes](shortPath(path), route.target)),
    ...(parents.length > 0 ? [say.parents(pathsOf(parents), route)] : []),
    ...(staying.length > 0 ? [say.onShare(pathsOf(staying))] : []),
    say.left[way](route),
  ];
}

const isStaying = ({ sourcePath, targetPath }: Plan['disks'][number]): boolean =>
  sourcePath === targetPath;

const pathsOf = (files: readonly { readonly sourcePath: string }[]): string[] =>
  files.slice(0, NAMED_MAX).map(({ sourcePath }) => shortPath(sourcePath));

const namesOf = ({ adapter, from, to }: NonNullable<PlannedLive['rewired']>[number]) => ({
  adapter: named(adapter),
  from: named(from),
  to: named(to),
});

function overText(
  { migrationSubnet }: Plan,
  { networks = [], clusterNetworks }: PlannedLive,
  { over }: PlanWords['live'],
): string {
  if (clusterNetworks) return over.cluster(clusterNetworks.slice(0, NAMED_MAX).map(named));
  const [one, ...others] = networks.map(viaOf);
  if (one) return others.length > 0 ? over.some([one, ...others]) : over.one(one);
  return migrationSubnet === '' ? over.unknown : over.likely(named(migrationSubnet));
}

const viaOf = (network: NonNullable<PlannedLive['networks']>[number]) => ({
  subnet: named(network.subnet),
  sourceAddress: named(network.sourceAddress),
  targetAddress: named(network.targetAddress),
  dedicated: network.dedicated,
});

/** All of it in a few words each, for what people approve and for what differs. */
export function liveValues(live: PlannedLive, { value, live: say }: PlanWords): string[] {
  const { way, networks = [], parents = [], rewired = [], media = [] } = live;
  return [
    value.way[way],
    ...rewired.map((one) => say.value.rewired(...inOrder(namesOf(one)))),
    ...media.map(({ path, becomes }) => say.value.medium[becomes](shortPath(path))),
    ...parents.map(({ sourcePath }) => say.value.parent(shortPath(sourcePath))),
    ...networks.map((network) => say.value.via(viaOf(network))),
    ...(live.clusterNetworks ?? []).map(named),
  ];
}

const inOrder = ({ adapter, from, to }: ReturnType<typeof namesOf>) => [adapter, from, to] as const;
