/** B11: the limits of the formats, and of the target's file system. */

import { volumeOf } from '../capacity.ts';
import { type Check, findingsOf, isReadable } from '../check.ts';
import { wayOf } from '../way.ts';

const say = findingsOf('disk-size');
const GIB = 1024 ** 3;
const VHD_BYTES_MAX = 2040 * GIB;
const VHDX_BYTES_MAX = 64 * 1024 * GIB;
/** FAT32 ends at 4 GiB a file; the others in use on servers hold any VHDX. */
const SMALL_FILE_SYSTEM = /^(ex)?fat/i;

export const diskSize: Check = {
  id: 'B11',
  name: 'disk-size',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  run({ vm, target }, { method }) {
    const files = vm.disks.filter((disk) => disk.format === 'vhd' || disk.format === 'vhdx');
    const unread = files.find((disk) => !isReadable(disk.virtualBytes));
    if (unread) return say.unknown(`the size of ${unread.id}`);
    const tooLarge = files.filter(
      (disk) => disk.virtualBytes > (disk.format === 'vhd' ? VHD_BYTES_MAX : VHDX_BYTES_MAX),
    );
    if (tooLarge.length > 0) {
      return say.blocker({ vm: vm.name, disks: tooLarge.map((disk) => `${disk.id} ${disk.path}`) });
    }
    if (method === 'live' && wayOf(vm) !== 'with storage') return say.ok({ vm: vm.name });
    const volume = volumeOf(target);
    if (!volume?.fileSystem) return say.unknown(`the file system of ${target.vmVolume}`);
    const { fileSystem } = volume;
    if (SMALL_FILE_SYSTEM.test(fileSystem)) {
      return say.blocker({ host: target.name, volume: volume.path, fileSystem }, 'file-system');
    }
    return say.ok({ vm: vm.name, fileSystem });
  },
};
