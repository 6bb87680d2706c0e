import { mkdtemp, readdir, realpath, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { diskOf, machineFindings, nodeFinding } from '../../src/doctor/machine.ts';
import { NODE_WANTED } from '../../src/version.ts';
import { told } from './words.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-doctor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const stateOf = async (state: string) =>
  (await machineFindings({ host: 'hv-a', state })).filter(({ check }) => check === 'state');

describe("the doctor's look at a machine", () => {
  it('demands the Node that package.json demands, part by part as numbers', () => {
    const [major = 0, minor = 0] = NODE_WANTED.split('.').map(Number);
    const versions = [
      `${major}.${minor}.0`,
      `${major}.${minor + 1}.0`,
      `${major + 1}.0.0`,
      `${major}.${minor - 1}.9`,
      `${major}.9.9`,
      `${major - 1}.99.0`,
      '',
    ];
    const severities = versions.map((version) => nodeFinding('bot', version).severity);
    expect(severities).toEqual(['ok', 'ok', 'ok', 'blocker', 'blocker', 'blocker', 'blocker']);
    expect(told(versions.map((version) => nodeFinding('bot', version)))).toContain(
      'blocker doctor-node-old',
    );
  });

  it('makes the folder, writes there, and leaves nothing behind', async () => {
    const state = join(folder, 'a', 'state');
    const found = await stateOf(state);
    const { type } = await statfs(state);
    const { kind } = diskOf({ platform: process.platform, path: await realpath(state), type });
    const codes = { local: 'ok', fleeting: 'fleeting', remote: 'remote', unknown: 'unknown' };
    expect(found.map(({ code }) => code)).toEqual([`doctor-state-${codes[kind]}`]);
    told(found);
    expect(await readdir(state)).toEqual([]);
  });

  it('says why a folder cannot be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const found = await stateOf(join(file, 'state'));
    expect(told(found)).toEqual(['blocker doctor-state-unwritable']);
    expect(String(found[0]?.facts.reason)).toMatch(/ENOTDIR|EEXIST|ENOENT/);
  });

  it.each([
    ['linux', '/var/lib/ferry', 0xef53, 'local'],
    ['linux', '/mnt/nas', 0x6969, 'remote'],
    // As a kernel with signed words tells CIFS.
    ['linux', '/mnt/share', -11317950, 'remote'],
    ['linux', '/dev/shm/ferry', 0x01021994, 'fleeting'],
    ['linux', '/home/node/state', 0x794c7630, 'fleeting'],
    ['linux', '/mnt/ntfs', 0x65735546, 'unknown'],
    ['win32', 'D:\\ferry', 0, 'local'],
    ['win32', '\\\\nas\\share\\ferry', 0, 'remote'],
    ['win32', '\\\\?\\Volume{0a1b}\\ferry', 0, 'local'],
    ['darwin', '/Users/x', 0x1a, 'unknown'],
  ] as const)('knows on %s that %s with type %i is %s', (platform, path, type, kind) => {
    expect(diskOf({ platform, path, type }).kind).toBe(kind);
  });
});
