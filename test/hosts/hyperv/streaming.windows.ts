/** What streaming asks of the driver of Hyper-V, through a real PowerShell, by the contract of all drivers. */

import { afterAll, beforeAll } from '@jest/globals';
import { streamingContract } from '../../contract/host-streaming.ts';
import { requireTool } from '../../tools.ts';
import { type LiveBench, liveBench } from './live-fixture.ts';
import { streamingVm } from './streaming-fixture.ts';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: LiveBench;
  beforeAll(async () => {
    windows = await liveBench(pwsh);
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });

  streamingContract('hyperv', () => streamingVm(windows));
}
