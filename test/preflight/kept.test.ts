/** Copies that lie on a host count where there is too little room, and where a copy would go. */

import { describe, expect, it } from '@jest/globals';
import type { HostFacts, KeptFacts } from '../../src/domain/host.ts';
import { runChecks } from '../../src/preflight/checks.ts';
import { copyPaths } from '../../src/preflight/copy-paths.ts';
import { textsIn } from '../../src/texts/catalogue.ts';
import { GIB, hostFacts, subjectOf, vmFacts } from './facts.ts';

const vm = { id: 'a1', name: 'sql01' };
const left = (folder: string, changes: Partial<KeptFacts> = {}): KeptFacts => {
  return { vm, kind: 'left behind', folder, bytes: 40 * GIB, ...changes };
};
const KEPT = [
  left('D:\\VMs\\sql01\\ferry-left-m1.json'),
  left('D:\\ferry\\sql01-a1', { kind: 'received', bytes: 2 * GIB }),
  left('D:\\VMs\\web\\ferry-left-m2.json', { usedBy: 'web' }),
  left('E:\\VMs\\ferry-left-m3.json'),
];

describe('the free space at the target', () => {
  const tooFull = (kept?: readonly KeptFacts[]) => {
    const volumes = hostFacts('hv-b').volumes.map((one) => ({ ...one, bytesFree: 10 * GIB }));
    const target = hostFacts('hv-b', { volumes, ...(kept ? { kept } : {}) });
    const options = { method: 'stream', phase: 'plan' } as const;
    const found = runChecks(subjectOf({ target }), options);
    return found.find(({ code }) => code === 'free-space');
  };

  it('names what copies take of that volume that people may have deleted', () => {
    const finding = tooFull(KEPT);
    expect(finding?.facts).toMatchObject({ bytesKept: 42 * GIB });
    const remedies = (['en', 'it'] as const).map((language) =>
      finding ? textsIn(language)(finding).remedy : '',
    );
    for (const remedy of remedies) expect(remedy).toMatch(/42[.,]0 GiB.*\/migrate copies/);
  });

  it.each<[string, readonly KeptFacts[] | undefined]>([
    ['there are none', []],
    ['nobody looked', undefined],
  ])('says nothing of them where %s', (_name, kept) => {
    expect(tooFull(kept)?.facts).not.toHaveProperty('bytesKept');
  });
});

describe('the folder of a copy', () => {
  const folderOn = (kept: readonly KeptFacts[], changes: Partial<HostFacts> = {}) =>
    copyPaths(vmFacts(), hostFacts('hv-b', { kept, ...changes }))[0];
  const own = (name: string, kind: KeptFacts['kind'] = 'left behind') =>
    left(`D:\\ferry\\${name}${kind === 'received' ? '' : '\\ferry-left-m1.json'}`, { kind });

  it('is the same again, so that what was received is used', () => {
    const kept = [...KEPT, own('dc02-3F2504E0', 'received')];
    expect(folderOn(kept)).toBe('D:\\ferry\\dc02-3F2504E0\\system.vhdx');
  });

  it('is another one where the VM left its disks when it moved away', () => {
    expect(folderOn([own('DC02-3f2504e0')])).toBe('D:\\ferry\\dc02-3F2504E0-2\\system.vhdx');
    const twice = [own('dc02-3F2504E0-2'), own('dc02-3F2504E0')];
    expect(folderOn(twice)).toBe('D:\\ferry\\dc02-3F2504E0-3\\system.vhdx');
    expect(folderOn(twice, { vmVolume: 'E:' })).toBe('E:\\ferry\\dc02-3F2504E0\\system.vhdx');
  });
});
