/** What a channel for some hosts hears of the doctor. */

import { expect, it } from '@jest/globals';
import type { Finding } from '../../src/domain/finding.ts';
import { authorityOf } from '../../src/slack/authority.ts';
import { groupsOf } from '../../src/slack/groups.ts';
import { operationsFor } from '../../src/slack/scoped.ts';
import { fakeOperations } from './fake-operations.ts';

const finding = (facts: Finding['facts']): Finding => {
  return { check: 'live', severity: 'warning', code: 'any-network', facts };
};
const OF_A = finding({ host: 'hv-a' });
const OF_BOT = finding({ host: 'bot' });
const OF_PAIR = finding({ host: 'hv-a', to: 'hv-b', hosts: ['hv-a', 'hv-b'] });
const OF_B = finding({ host: 'hv-b' });

it('plans nothing anew of hosts of another channel', async () => {
  const operations = fakeOperations();
  const past = { kind: 'migration', outcome: 'rolled back', approvedBy: [], openedAt: 0 } as const;
  const row = { ...past, operation: 'm1', vm: 'dc02', source: 'hv-a', requestedBy: 'U1' };
  operations.rows.history = [{ ...row, target: 'hv-b' }];
  const roles = { operators: [], approvers: [], viewers: [] };
  const channels = [
    { channel: 'C-A', hosts: ['hv-a'] },
    { channel: 'C-BOTH', hosts: ['hv-a', 'hv-b'] },
  ];
  const authority = authorityOf(roles, { channels });
  const retry = (channel: string) =>
    operationsFor({ channel }, { operations, authority }).retry('dc02', 'U1');
  await expect(retry('C-A')).rejects.toMatchObject({ code: 'channel-not-for-hosts' });
  expect(operations.asked).not.toContain('retry dc02 U1');
  await retry('C-BOTH');
  expect(operations.asked).toContain('retry dc02 U1');
});

it('shows what the doctor finds of hosts of the channel alone, also in pairs', async () => {
  const operations = { ...fakeOperations(), doctor: async () => [OF_A, OF_BOT, OF_PAIR, OF_B] };
  const roles = { operators: [], approvers: [], viewers: [] };
  const channels = [
    { channel: 'C-A', hosts: ['hv-a'] },
    { channel: 'C-BOTH', hosts: ['hv-a', 'hv-b'] },
  ];
  const authority = authorityOf(roles, { groups: groupsOf(async () => []), channels });
  const told = (channel: string) => operationsFor({ channel }, { operations, authority }).doctor();
  expect(await told('C-A')).toEqual([OF_A, OF_BOT]);
  expect(await told('C-BOTH')).toEqual([OF_A, OF_BOT, OF_PAIR, OF_B]);
});
