import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createLab } from '../../src/hosts/lab/create.ts';
import { openLabHost } from '../../src/hosts/lab/lab-host.ts';
import { hostFile } from '../../src/hosts/lab/layout.ts';
import { onVolume } from '../../src/preflight/volume.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ferry-lab-'));
  await createLab(dir, { hosts: [{ name: 'hv-b' }], vms: [] });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const facts = async () => await (await openLabHost(dir, 'hv-b')).facts();

it('a lab host has a volume for VMs and another one, found by its name', async () => {
  const host = await facts();
  expect(host.volumes.map(({ path }) => basename(path))).toEqual(['disks', 'more-disks']);
  expect(basename(host.vmVolume)).toBe('disks');
  expect(onVolume(host, 'More-Disks').vmVolume).toBe(host.volumes[1]?.path);
  await writeFile(join(host.volumes[1]?.path ?? '', 'a.vhdx'), Buffer.alloc(1000));
  const [first, second] = await (await openLabHost(dir, 'hv-b')).volumes();
  expect((first?.bytesFree ?? 0) - (second?.bytesFree ?? 0)).toBe(1000);
});

it('a lab that was made before there were two goes on with one', async () => {
  const file = hostFile(dir, 'hv-b');
  const state = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...state, volumes: state.volumes.slice(0, 1) }));
  await createLab(dir, { hosts: [{ name: 'hv-b' }], vms: [] });
  expect((await facts()).volumes.map(({ path }) => basename(path))).toEqual(['disks']);
});
