/** A Hyper-V host as every driver's host looks, and beside it what only Windows has. */

import type {
  HostFacts,
  MigrationNetworkFacts,
  SwitchFacts,
  VolumeFacts,
} from '../../../domain/host.ts';
import {
  type DependencyFacts,
  type HyperVHostFacts,
  known,
  type MigrationSettings,
  type NetAdapterFacts,
  type Read,
} from '../../../domain/hyperv.ts';
import type { VmFacts } from '../../../domain/vm.ts';
import type { DirectoryAnswer, HostAnswer } from './host-answer.ts';
import { networksOf } from './networks.ts';
import { mapped } from './read.ts';

/** What a move needs where the host does not tell its own limits: Hyper-V's default. */
const SLOTS = 2;
const NOT_READ = Number.NaN;

export interface Asked {
  readonly name: string;
  readonly host: HostAnswer;
  readonly directory: DirectoryAnswer;
  readonly vms: readonly VmFacts[];
  /** Configured; else the volume of the host's own default folder. */
  readonly vmVolume: string | undefined;
  readonly store: DependencyFacts['store'];
  /** Its disks lie on this machine, where the worker reads them. */
  readonly streams: boolean;
  readonly files: (volumes: readonly VolumeFacts[]) => Promise<Read<readonly string[]>>;
}

export async function hostFactsOf(asked: Asked): Promise<HostFacts> {
  const { name, host, vms } = asked;
  const volumes = volumesOf(host);
  const migration = mapped(host.migration, settingsOf);
  const adapters = mapped(host.adapters, (cards) => cards.flatMap(cardOf));
  const memory = known(host.memory) ?? { bytesTotal: NOT_READ, bytesFree: NOT_READ };
  const files = await asked.files(volumes);
  return {
    name,
    volumes,
    vmVolume: vmVolumeOf(asked, volumes),
    switches: (known(host.switches) ?? []).map((one): SwitchFacts => {
      return { name: one.name, type: one.type };
    }),
    networks: networks(migration, adapters),
    memoryBytesTotal: memory.bytesTotal,
    memoryBytesFree: memory.bytesFree,
    memoryBytesReserved: 0,
    processors: known(host.logicalProcessors) ?? NOT_READ,
    slotsMax: slotsOf(known(migration)),
    slotsUsed: 0,
    methods: asked.streams ? ['live', 'stream'] : ['live'],
    vms,
    hyperv: { ...hypervOf(asked, { migration, adapters }), files },
  };
}

const volumesOf = ({ volumes }: HostAnswer): VolumeFacts[] =>
  (known(volumes) ?? []).map((volume) => ({ ...volume, bytesReserved: 0 }));

/** A host may allow no moves at all: then nothing goes. */
export const slotsOf = (
  settings: Pick<MigrationSettings, 'movesMax' | 'storageMovesMax'> | undefined,
): number => (settings ? Math.min(settings.movesMax, settings.storageMovesMax) : SLOTS);

/**
 * As the host's own list writes it. A folder lies on the volume with the longest path that begins it;
 * a name that is on no volume stays as it is: checks then say that they cannot see it.
 */
function vmVolumeOf({ vmVolume, host }: Asked, volumes: readonly VolumeFacts[]): string {
  const folder = vmVolume ?? known(host.vmFolder) ?? '';
  const holding = volumes
    .map(({ path }) => path)
    .filter((path) => isIn(path, folder))
    .toSorted((a, b) => b.length - a.length);
  return holding[0] ?? folder;
}

function isIn(volume: string, folder: string): boolean {
  const [root, path] = [volume, folder].map(
    (text) => `${text.toLowerCase().replace(/[\\/]+$/, '')}\\`,
  );
  return (
    root !== undefined &&
    path?.replaceAll('/', '\\').startsWith(root.replaceAll('/', '\\')) === true
  );
}

function networks(
  migration: Read<MigrationSettings>,
  adapters: Read<readonly NetAdapterFacts[]>,
): MigrationNetworkFacts[] {
  const [settings, cards] = [known(migration), known(adapters)];
  return settings && cards ? networksOf(settings, cards) : [];
}

type Of<K extends 'migration' | 'adapters'> = Extract<HostAnswer[K], { value: unknown }>['value'];

const settingsOf = (settings: Of<'migration'>): MigrationSettings => ({
  ...settings,
  networks: settings.networks.map(({ subnet, priority }) =>
    priority === null ? { subnet } : { subnet, priority },
  ),
});

function cardOf({ name, card }: Of<'adapters'>[number]): NetAdapterFacts[] {
  if (!('value' in card)) return [];
  const { switch: on, ...rest } = card.value;
  return [on === undefined ? { name, ...rest } : { name, ...rest, switch: on }];
}

/** The others, each with why. */
const unreadCards = ({ adapters }: HostAnswer): string[] =>
  (known(adapters) ?? []).flatMap(({ name, card }) =>
    'unread' in card ? [`${name} (${card.unread})`] : [],
  );

function hypervOf(
  { host, directory, store }: Asked,
  read: Pick<HyperVHostFacts, 'migration' | 'adapters'>,
): HyperVHostFacts {
  const { memory: _, volumes: __, vmFolder: ___, dnsServers, gateways, ...same } = host;
  const { domainControllers, delegation } = directory;
  const adaptersUnread = unreadCards(host);
  return {
    ...same,
    ...read,
    ...(adaptersUnread.length > 0 ? { adaptersUnread } : {}),
    domain: domainOf(host, directory),
    account: accountOf(host, directory),
    delegation,
    // A worker speaks with the bot through the store alone, and does not know where it runs.
    dependencies: { domainControllers, dnsServers, gateways, store, bot: { lacks: true } },
  };
}

/** Without its trusts nobody can tell whether another domain will do. */
function domainOf({ domain }: HostAnswer, { trusted }: DirectoryAnswer): HyperVHostFacts['domain'] {
  if (!('value' in domain)) return domain;
  if ('unread' in trusted) return domain.value.joined ? trusted : asAlone(domain.value);
  return { value: { ...domain.value, trusted: known(trusted) ?? [] } };
}

const asAlone = (value: { readonly joined: boolean; readonly name: string }) => ({
  value: { ...value, trusted: [] },
});

const accountOf = ({ account }: HostAnswer, { sensitive }: DirectoryAnswer) =>
  mapped(account, (value) => ({
    ...value,
    cannotBeDelegated: value.cannotBeDelegated || known(sensitive) === true,
  }));
