import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ferryFolder } from '../../src/preflight/copy-paths.ts';
import { placesIn } from '../../src/stream/copy-records.ts';
import { hostCopies } from '../../src/worker/copies.ts';
import { leftBehind } from '../../src/worker/left-behind.ts';
import { codeOf } from '../bot/world.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { COMMITTED_AT, keepCopy } from './kept.ts';

let volume = '';
let other = '';
beforeEach(async () => {
  volume = await mkdtemp(join(tmpdir(), 'ferry-copies-'));
  other = await mkdtemp(join(tmpdir(), 'ferry-copies-'));
});
afterEach(async () => {
  for (const folder of [volume, other]) await rm(folder, { recursive: true, force: true });
});

const disksOf = (folder: string) => ({
  ...vmFacts().disks[0],
  path: join(folder, 'disks', '0.vhdx'),
});

function copies({ runs = '', open = [] as string[] } = {}) {
  const vms = runs === '' ? [] : [vmFacts({ name: 'web', disks: [disksOf(runs) as never] })];
  const volumes = [volume, other].map((path) => ({
    path,
    bytesFree: 1,
    bytesTotal: 1,
    bytesReserved: 0,
  }));
  const facts = async () => ({ ...hostFacts('hv-b', { vms }), volumes: volumes as never });
  return hostCopies({
    facts,
    remembered: async () => open.map((operation) => ({ operation, entries: [] })),
    left: leftBehind({ directory: join(other, 'left-behind'), keepDays: 14 }),
  });
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe('the copies on a host', () => {
  it('are found on all its volumes, with what their commit records say', async () => {
    const first = await keepCopy({ volume });
    const vm = { id: 'a1', name: 'sql01' };
    const second = await keepCopy({ volume: other, folder: 'sql01-a1', vm, operation: 'm2' });
    const found = await copies().all();
    expect(found).toEqual([
      expect.objectContaining({
        folder: first,
        operation: 'm1',
        round: 3,
        committedAt: COMMITTED_AT,
      }),
      expect.objectContaining({ folder: second, vm, operation: 'm2' }),
    ]);
    expect(found.every(({ bytes, usedBy }) => bytes > 0 && usedBy === undefined)).toBe(true);
    expect((await copies().of('a1')).map(({ folder }) => folder)).toEqual([second]);
  });

  it('are no copies before a round was committed', async () => {
    const folder = await keepCopy({ volume });
    await rm(placesIn(folder).committed);
    expect(await copies().all()).toEqual([]);
  });

  it('are in use where a VM runs from their disks, or an open operation holds them', async () => {
    const folder = await keepCopy({ volume });
    expect((await copies({ runs: folder }).all())[0]?.usedBy).toBe('web');
    expect((await copies({ open: ['m1'] }).all())[0]?.usedBy).toBe('m1');
    expect((await copies({ open: ['m7'] }).all())[0]?.usedBy).toBeUndefined();
  });

  it('go with all that is theirs, and with nothing else', async () => {
    const folder = await keepCopy({ volume });
    const kept = await keepCopy({ volume, folder: 'dc02-other' });
    await writeFile(join(folder, 'note.txt'), 'of a person');
    await copies().remove('d5b1', folder);
    expect(await readdir(folder)).toEqual(['note.txt']);
    expect((await copies().all()).map((copy) => copy.folder)).toEqual([kept]);
    await copies().remove('d5b1', folder);
  });

  it('go on going after a removal that was cut short', async () => {
    const folder = await keepCopy({ volume });
    await rm(placesIn(folder).committed);
    await copies().remove('d5b1', folder);
    expect(await exists(folder)).toBe(false);
  });

  it('stay where the folder is of another VM, or outside the folders of copies', async () => {
    const folder = await keepCopy({ volume });
    expect(await codeOf(copies().remove('other-id', folder))).toBe('copy-of-other-vm');
    const outside = await mkdtemp(join(tmpdir(), 'ferry-copies-'));
    const away = await keepCopy({ volume: outside });
    await copies().remove('d5b1', away);
    await copies().remove('d5b1', join(ferryFolder(volume), 'dc02-d5b1', '..', '..', 'x'));
    expect([await exists(away), await exists(folder)]).toEqual([true, true]);
    await rm(outside, { recursive: true });
  });

  it('are also those that a moved VM left, wherever its disks lie, and these go too', async () => {
    const received = await keepCopy({ volume });
    const disk = { disk: 'SCSI 0:0', path: join(other, 'dc02.vhdx') };
    await writeFile(disk.path, 'system');
    const vm = { id: 'd5b1', name: 'dc02' };
    const definition = { vmId: vm.id, bytes: Buffer.from('two processors') };
    const round = { vm, operation: 'm2', round: 4 };
    const keptUntil = await copies().leave({ ...round, disks: [disk], definition });
    const found = await copies().of('d5b1');
    expect(found).toMatchObject([
      { kind: 'received', folder: received },
      { kind: 'left behind', operation: 'm2', keptUntil },
    ]);
    expect((await copies({ open: ['m2'] }).of('d5b1'))[1]?.usedBy).toBe('m2');
    await copies().remove('d5b1', found[1]?.folder ?? '');
    expect(await exists(disk.path)).toBe(false);
    expect(await copies().of('d5b1')).toMatchObject([{ folder: received }]);
  });

  it('are none on a volume without any', async () => {
    await mkdir(ferryFolder(volume));
    expect(await copies().all()).toEqual([]);
  });
});
