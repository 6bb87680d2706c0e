import { describe, expect, it } from '@jest/globals';
import { isSamePath, volumeOfPath } from '../../src/domain/paths.ts';

describe('two paths', () => {
  it.each([
    ['C:\\VMs\\a.vhdx', 'c:/vms//A.VHDX'],
    ['\\\\?\\D:\\a.vhdx', 'D:\\a.vhdx'],
    ['D:\\b\\..\\a.vhdx', 'D:\\a.vhdx'],
  ])('%s and %s are the same', (one, other) => {
    expect(isSamePath(one, other)).toBe(true);
  });

  it.each([
    ['C:\\a.vhdx', 'D:\\a.vhdx'],
    ['\\\\share\\a.vhdx', '\\share\\a.vhdx'],
  ])('%s and %s are not', (one, other) => {
    expect(isSamePath(one, other)).toBe(false);
  });
});

describe('the volume of a file', () => {
  const volumes = [{ path: 'C:' }, { path: 'C:\\ClusterStorage\\Volume1' }, { path: 'D:\\' }];

  it.each([
    ['c:/vms/a.vhdx', 'C:'],
    ['C:\\clusterstorage\\volume1\\a.vhdx', 'C:\\ClusterStorage\\Volume1'],
    ['C:\\ClusterStorage\\Volume10\\a.vhdx', 'C:'],
    ['d:\\a.vhdx', 'D:\\'],
    ['E:\\a.vhdx', undefined],
  ])('of %s is %s', (path, volume) => {
    expect(volumeOfPath(volumes, path)?.path).toBe(volume);
  });
});
