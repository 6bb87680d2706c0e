/** A live move as people see it: every way it may go, what becomes of each part, and how it may end. */

import type { Alert } from '../../src/domain/alert.ts';
import type { Plan, PlannedLive } from '../../src/domain/plan.ts';
import type { OperationView } from '../../src/slack/operation-view.ts';
import { alertMessage } from '../../src/slack/views/alert-message.ts';
import { operationMessage } from '../../src/slack/views/operation-message.ts';
import type { Words } from '../../src/texts/words.ts';
import type { Shown } from './gallery-operations.ts';

const target = 'hv-b.corp.example';
const via = {
  subnet: '10.0.9.0/24',
  sourceAddress: '10.0.9.11',
  targetAddress: '10.0.9.12',
  dedicated: true,
};
const slow = {
  subnet: 'fd00:1::/64',
  sourceAddress: 'fd00:1::11',
  targetAddress: 'fd00:1::12',
  dedicated: false,
};
const base = {
  sourcePath: 'D:\\base.vhdx',
  targetPath: 'D:\\dc02\\Virtual Hard Disks\\base.vhdx',
};

const LIVES: readonly (readonly [name: string, live: PlannedLive])[] = [
  ['with storage', { way: 'with storage', target, networks: [via] }],
  [
    'with a switch of another name',
    {
      way: 'with storage',
      target,
      rewired: [{ adapter: 'Network Adapter', from: 'LAN', to: 'Office' }],
    },
  ],
  [
    'with media',
    {
      way: 'with storage',
      target,
      media: [
        { path: 'D:\\iso\\a.iso', becomes: 'stays' },
        { path: 'D:\\iso\\b.iso', becomes: 'ejected' },
        { path: 'D:\\iso\\c.iso', becomes: 'unknown' },
      ],
    },
  ],
  ['with parents', { way: 'with storage', target, parents: [base] }],
  ['memory only', { way: 'memory only', target, networks: [via, slow] }],
  ['over a shared network', { way: 'memory only', target, networks: [slow] }],
  ['cluster role', { way: 'cluster role', target, clusterNetworks: ['Cluster Network 2'] }],
];

/** By its name, of a plan that copies. */
export function livePlans(plan: Plan): [string, Plan][] {
  const moving = { ...plan, method: 'live', stop: 'none' } as const;
  const [disk] = plan.disks;
  if (!disk) throw new Error('The plan has no disk');
  const onShare = { ...disk, sourcePath: '\\\\nas\\a.vhdx', targetPath: '\\\\nas\\a.vhdx' };
  const bare: PlannedLive = { way: 'with storage', target };
  return [
    ...LIVES.map(([name, live]): [string, Plan] => [name, { ...moving, live }]),
    ['with a disk on a share', { ...moving, disks: [disk, onShare], live: bare }],
    ['over an unknown network', { ...moving, migrationSubnet: '', live: bare }],
  ];
}

/** What was seen, by how much is known. */
const SEEN: readonly (readonly [name: string, facts: Alert['cause']['facts']])[] = [
  ['nothing', {}],
  ['both', { atSource: 'Off', atTarget: 'Running', planned: false, unreadable: [], why: [] }],
  [
    'a planned VM',
    {
      atSource: 'absent',
      atTarget: 'absent',
      planned: true,
      files: ['D:\\dc02\\a.vhdx'],
      elsewhere: [],
    },
  ],
  [
    'disks elsewhere',
    {
      atSource: 'absent',
      atTarget: 'Running',
      unreadable: ['D:\\b.vhdx'],
      elsewhere: ['D:\\dc02\\a.vhdx'],
    },
  ],
  ['a move', { percent: 43, to: 'hv-b' }],
  ['another state', { atSource: 'PausedCritical', atTarget: 'absent', wasBefore: 'Running' }],
  [
    'silence',
    {
      atSource: 'unread',
      atTarget: 'unread',
      planned: 'unread',
      sourceUnread: ['vm', 'moves', 'disks'],
      targetUnread: ['vm', 'moves', 'disks', 'planned', 'files'],
      why: ['RPC 0x800706BA'],
    },
  ],
];

export function* liveEndViews(view: OperationView, words: Words): Generator<Shown> {
  const look = { words, operators: ['S-OPERATORS'], isLate: false };
  for (const [name, seen] of SEEN) {
    const facts = {
      ...seen,
      vm: 'dc02',
      source: 'hv-a',
      target: 'hv-b',
      lost: 'at-target-perhaps',
    };
    const alert: Alert = {
      ...{ key: 'k', operation: 'm1', cause: { code: 'move-unknown', facts }, home: 'unknown' },
      ...{ offers: ['retry'], raisedAt: 1_700_000_000_000 },
    };
    yield [`alert, unknown: ${name}`, alertMessage(view, alert, look)];
  }
  const about = { vm: 'dc02', id: 'A1', host: 'hv-b' };
  const notes = [
    { code: 'media-not-back', facts: { ...about, files: ['D:\\iso\\b.iso'] } },
    { code: 'adapters-not-back', facts: { ...about, adapters: ['Network Adapter'] } },
  ];
  const over = { ...view, state: { kind: 'migrated', step: '' }, notes } as const;
  yield ['live, migrated with notes', operationMessage(over, words)];
}
