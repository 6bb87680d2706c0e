/** A lab without processes, for the page's own rules: a stand-in in this process, and empty hosts. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab } from '../../../src/hosts/lab/create.ts';
import type { HostName, Lab } from '../../../src/lab/machine.ts';
import { type LabPage, startLabPage } from '../../../src/lab/page/page-server.ts';
import type { Running } from '../../../src/lab/processes.ts';
import { startRelay } from '../../../src/lab/relay.ts';
import { type SlackStandIn, startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';

export interface QuietLab extends AsyncDisposable {
  readonly page: LabPage;
  readonly slack: SlackStandIn;
  readonly directory: string;
  /** What the page killed and started, by name. */
  readonly deeds: readonly string[];
}

export async function startQuietLab(): Promise<QuietLab> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-page-'));
  await createLab(directory, { vms: [] });
  const slack = await startSlackStandIn();
  const relay = () => startRelay({ port: 0, toPort: 1 });
  const relays: Lab['relays'] = { 'hv-a': await relay(), 'hv-b': await relay() };
  const deeds: string[] = [];
  const program = (name: string): Running => ({
    name,
    pid: 0,
    ready: {},
    kill: async () => void deeds.push(`kill ${name}`),
    start: async () => void deeds.push(`start ${name}`),
    stop: async () => undefined,
  });
  const workers = (host: HostName) => program(host);
  const lab: Lab = {
    directory,
    storeUrl: '',
    slack,
    slackAddress: slack.addresses,
    bot: program('bot'),
    botFingerprint: '',
    workers: { 'hv-a': workers('hv-a'), 'hv-b': workers('hv-b') },
    relays,
    env: () => ({ FERRY_OPERATORS: 'U-OPERATOR', FERRY_APPROVERS: 'U-APPROVER' }),
    stop: async () => undefined,
  };
  const page = await startLabPage(lab);
  return {
    page,
    slack,
    directory,
    deeds,
    async [Symbol.asyncDispose]() {
      await page.close();
      for (const one of Object.values(relays)) await one.close();
      await slack.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
