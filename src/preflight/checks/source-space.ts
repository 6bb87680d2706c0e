/** B26: while `stream` copies, what the guest writes goes to new files beside its disks, and so does a merge. */

import type { HostFacts, VolumeFacts } from '../../domain/host.ts';
import { type Check, findingsOf, isReadable } from '../check.ts';
import { pathKey } from '../target-paths.ts';

const say = findingsOf('source-space');
const BYTES_FREE_MIN = 10 * 1024 ** 3;
/** Below this share of the volume little is left for what the guest writes. */
const FREE_SHARE_MIN = 0.1;

export const sourceSpace: Check = {
  id: 'B26',
  name: 'source-space',
  methods: ['stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ source }) => source.hyperv !== undefined,
  run({ vm, source }) {
    const paths = vm.disks.map(({ path }) => path);
    const homeless = paths.find((path) => !volumeOfPath(source, path));
    const volumes = new Set(paths.flatMap((path) => volumeOfPath(source, path) ?? []));
    const facts = (volume: VolumeFacts) => {
      return { host: source.name, volume: volume.path, bytesFree: volume.bytesFree };
    };
    const readable = [...volumes].filter(({ bytesFree }) => isReadable(bytesFree));
    const full = readable.find(({ bytesFree }) => bytesFree < BYTES_FREE_MIN);
    if (full) return say.blocker({ ...facts(full), bytesNeeded: BYTES_FREE_MIN });
    if (homeless !== undefined) return say.unknown(`the volume of ${homeless} on ${source.name}`);
    const unread = [...volumes].find((volume) => !readable.includes(volume));
    if (unread) return say.unknown(`the free space of ${unread.path} on ${source.name}`);
    const tight = readable.find(
      ({ bytesFree, bytesTotal }) => bytesFree < bytesTotal * FREE_SHARE_MIN,
    );
    return tight ? say.warning(facts(tight), 'source-space-tight') : say.ok({ host: source.name });
  },
};

/** The innermost: volumes may be mounted on folders of others. */
function volumeOfPath(host: HostFacts, path: string): VolumeFacts | undefined {
  const key = pathKey(path);
  const around = host.volumes.filter((volume) =>
    key.startsWith(`${pathKey(volume.path).replace(/\\+$/, '')}\\`),
  );
  return around.toSorted((a, b) => b.path.length - a.path.length)[0];
}
