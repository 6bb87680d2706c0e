import { describe, expect, it } from '@jest/globals';
import { type CopyThere, type Fate, fates, type Threatened } from '../../src/fleet/what-if.ts';

const GIB = 2 ** 30;
const about = (gib: number) => ({
  ...{ adapters: [], startAction: 'Start' as const, memoryStartupBytes: gib * GIB },
});
const copy = (changes: Partial<CopyThere> = {}): CopyThere => ({
  ...{ host: 'hv-b', freshAt: 1000, about: about(4) },
  ...changes,
});
const vm = (name: string, changes: Partial<Threatened> = {}): Threatened => ({
  vm: { id: `${name}-id`, name },
  ...{ domainController: false, onShare: false, copies: [copy()] },
  ...changes,
});
const room = (host: string, gib: number) => ({
  ...{ host, bytesFree: 0, memoryBytesFree: gib * GIB },
});
const of = (threatened: readonly Threatened[], gib = 16): readonly (readonly [string, Fate])[] =>
  fates(threatened, [room('hv-b', gib), room('hv-c', gib)]).map(({ vm: { name }, fate }) => [
    name,
    fate,
  ]);

describe('if a host dies, a VM', () => {
  it('runs again from its newest copy that can be started', () => {
    const copies = [
      copy({ host: 'hv-b', freshAt: 1000 }),
      copy({ host: 'hv-c', freshAt: 2000 }),
      { host: 'hv-b', freshAt: 3000 },
    ];
    expect(of([vm('sql01', { copies })])).toEqual([
      ['sql01', { kind: 'restorable', host: 'hv-c', freshAt: 2000 }],
    ]);
  });

  it.each<[string, Partial<Threatened>, Fate]>([
    ['is lost without a copy', { copies: [] }, { kind: 'lost' }],
    [
      'is only disks where its settings are not kept',
      {
        copies: [
          { host: 'hv-b', freshAt: 1 },
          { host: 'hv-c', freshAt: 2 },
        ],
      },
      { kind: 'no definition', host: 'hv-c', freshAt: 2 },
    ],
    [
      'is not started again as a domain controller',
      { domainController: true },
      { kind: 'domain controller' },
    ],
    ['outlives it on a share', { onShare: true, copies: [] }, { kind: 'on a share' }],
  ])('%s', (_, changes, fate) => {
    expect(of([vm('sql01', changes)])).toEqual([['sql01', fate]]);
  });

  it('has no room beside those that are restored too, and what would have to stay off is named', () => {
    const large = vm('sql01', { copies: [copy({ about: about(8) })] });
    expect(of([vm('web01'), large, vm('app01')], 12)).toEqual([
      ['app01', { kind: 'restorable', host: 'hv-b', freshAt: 1000 }],
      ['sql01', { kind: 'restorable', host: 'hv-b', freshAt: 1000 }],
      [
        'web01',
        {
          ...{ kind: 'no room', host: 'hv-b', freshAt: 1000 },
          ...{ memoryBytesMissing: 4 * GIB, leaveOff: ['app01'] },
        },
      ],
    ]);
  });

  it('takes no room where it is not started anyway', () => {
    const controller = vm('dc01', { domainController: true });
    const shared = vm('nas01', { onShare: true });
    expect(of([controller, shared, vm('sql01')], 4).at(-1)).toEqual([
      'sql01',
      { kind: 'restorable', host: 'hv-b', freshAt: 1000 },
    ]);
  });
});
