/** The driver of Hyper-V, through a real PowerShell, by the contracts that every driver keeps. */

import { afterAll, beforeAll, jest } from '@jest/globals';
import { hostContract } from '../../contract/host-common.ts';
import { liveContract } from '../../contract/host-live.ts';
import { requireTool } from '../../tools.ts';
import { type ContractHosts, contractHosts } from './contract-fixture.ts';
import { type LiveBench, liveBench } from './live-fixture.ts';

/** A limit for hangs, on a machine that does much else. */
jest.setTimeout(180_000);

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: LiveBench;
  let hosts: ContractHosts;
  beforeAll(async () => {
    windows = await liveBench(pwsh);
    hosts = contractHosts(windows);
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });

  hostContract('hyperv', () => hosts.fixture());
  liveContract('hyperv', {
    cancellableAt: [10, 60, 94.9],
    tooLateAt: 97,
    setup: () => hosts.fixture(),
  });
}
