import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openedOf } from '../../src/domain/journal.ts';
import type { AnyPlan } from '../../src/domain/plan.ts';
import { createLab } from '../../src/hosts/lab/create.ts';
import { hostFolder } from '../../src/hosts/lab/layout.ts';
import { bootHost, crashHost } from '../../src/hosts/lab/power.ts';
import { check } from '../../src/lab/checker.ts';
import { freePort } from '../../src/lab/free-port.ts';
import { APPROVER, type Lab, OPERATOR, SECOND_APPROVER, startLab } from '../../src/lab/machine.ts';
import { startRelay } from '../../src/lab/relay.ts';
import { enrolHosts } from '../../src/lab/session.ts';
import { type WitnessLine, witnessLogFile } from '../../src/lab/witness-log.ts';
import { openStore } from '../../src/store/open.ts';
import { drawn, SEED } from '../lot.ts';
import { RUN_MILLISECONDS_MAX } from './run-lab.ts';

const MIB = 2 ** 20;
const VM = 'sql01';
/** Rounds of 10 s; so many are made before anything is lost. */
const ALIGNED_SECONDS = 15;

let lab: Lab;
let directory = '';
/** What hv-a has of its store goes through it, where a test cuts it. */
let storeUrlOfSource: string | undefined;

beforeEach(async () => {
  storeUrlOfSource = undefined;
  directory = await mkdtemp(join(tmpdir(), 'ferry-restore-'));
  const disks = [{ virtualBytes: 64 * MIB, dataBytes: 8 * MIB }];
  await createLab(directory, { vms: [{ name: VM, host: 'hv-a', disks, recordsPerSecond: 20 }] });
  const workerEnv = (host: string): Record<string, string> =>
    host === 'hv-a' && storeUrlOfSource ? { STORE_URL: storeUrlOfSource } : {};
  lab = await startLab({ directory, workerEnv });
  await enrolHosts(lab);
});
afterEach(async () => {
  await lab.stop();
  await rm(directory, { recursive: true, force: true });
});

const told = (words: RegExp): Promise<string> =>
  lab.slack.waitFor(({ messages }) => messages.findLast(({ text }) => words.test(text))?.ts, {
    what: String(words),
    timeoutMs: RUN_MILLISECONDS_MAX,
  });
const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

async function aligned(): Promise<void> {
  await lab.slack.say(OPERATOR, `/migrate align ${VM} to hv-b every 10s`);
  await told(/sql01/);
  await seconds(ALIGNED_SECONDS);
}

/** Both approve; one alone is not enough. */
async function restore(): Promise<void> {
  await lab.slack.say(OPERATOR, `/migrate restore ${VM} on hv-b`);
  const asked = await told(/^Restore sql01 on hv-b.*approv/);
  await lab.slack.click(APPROVER, asked, 'ferry.approve');
  await lab.slack.click(SECOND_APPROVER, asked, 'ferry.approve');
}

/** The plan of the newest open operation, or one that has ended, if it is of this kind. */
async function newestOf(method: AnyPlan['method']): Promise<AnyPlan | undefined> {
  await using store = await openStore(lab.storeUrl);
  const [newest = ''] = await store.journal.list(1);
  const { plan } = openedOf(await store.journal.read(newest));
  return plan.method === method ? plan : undefined;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + RUN_MILLISECONDS_MAX / 2;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`It did not come: ${isSo}`);
    await seconds(0.5);
  }
}

async function acknowledged(): Promise<{ number: number; at: number }[]> {
  const lines = (await readFile(witnessLogFile(directory), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as WitnessLine).filter((line) => 'number' in line);
}

async function vmNow() {
  const [vm] = (await check(directory)).vms.filter(({ name }) => name === VM);
  if (!vm) throw new Error(`${VM} is nowhere`);
  return vm;
}

/** Of the disks that hv-b has, once nobody sends another round. */
async function copyDigest(): Promise<string> {
  const folder = hostFolder(directory, 'hv-b');
  const names = await readdir(folder, { recursive: true });
  const disks = names.filter((name) => name.endsWith('.vhdx')).toSorted();
  expect(disks).toHaveLength(1);
  const digest = createHash('sha256');
  for (const name of disks) digest.update(await readFile(join(folder, name)));
  return digest.digest('hex');
}

async function isRefused(): Promise<void> {
  await seconds(3);
  const before = await copyDigest();
  await restore();
  await told(/hv-a is up, but Ferry's worker there gives no answer/);
  await told(/^Restore sql01 on hv-b.*Not restored: the copy of sql01 on hv-b is as it was/);
  expect(await copyDigest()).toBe(before);
  const vm = await vmNow();
  expect(vm).toMatchObject({ ranTwice: false, lost: 0, home: 'hv-a' });
  expect(vm.registeredOn).toMatchObject([{ host: 'hv-a', fenced: false, startAction: 'Start' }]);
}

/** What comes of a restore, and what happened to the host. */
const CASES = [
  {
    name: 'runs from its copy without what it wrote since, and is shut down where it comes back',
    happens: isLost,
  },
  {
    name: 'is not started twice where its host is only cut off from the store',
    happens: isCutOff,
  },
  { name: "is not started twice where its host's worker hangs", happens: hangs },
];

async function isLost(): Promise<void> {
  await lab.workers['hv-a'].kill();
  lab.relays['hv-a'].unplug();
  await crashHost(directory, 'hv-a');
  const last = (await acknowledged()).at(-1)?.number ?? 0;

  await restore();
  await told(/^Restore sql01 on hv-b.*Done: sql01 runs on hv-b, from its copy/);
  const restored = await vmNow();
  expect(restored.runningOn.map(({ host }) => host)).toEqual(['hv-b']);
  expect(restored.ranTwice).toBe(false);
  const plan = await newestOf('restore');
  // Everything up to the newest round, and nothing after it.
  const [first = 0] = restored.registeredOn.find(({ host }) => host === 'hv-b')?.lostNumbers ?? [];
  expect(restored.lost).toBe(last - first + 1);
  const before = (await acknowledged()).find(({ number }) => number === first);
  expect(before?.at).toBeGreaterThanOrEqual(plan?.method === 'restore' ? plan.freshAt : Number.NaN);

  await bootHost(directory, 'hv-a');
  expect((await vmNow()).runningOn).toHaveLength(2);
  lab.relays['hv-a'].plug();
  await lab.workers['hv-a'].start();
  await until(async () => (await vmNow()).registeredOn.length === 1);
  const after = await vmNow();
  expect(after.runningOn.map(({ host }) => host)).toEqual(['hv-b']);
  expect(after.registeredOn).toMatchObject([{ host: 'hv-b', fenced: false, startAction: 'Start' }]);
  // What came back is the copy from now on, and its disks are where the next one begins.
  await until(async () => (await newestOf('align')) !== undefined);
  expect(await newestOf('align')).toMatchObject({
    ...{ source: 'hv-b', target: 'hv-a', base: { kind: 'left behind' } },
  });
}

async function isCutOff(): Promise<void> {
  const { hostname, port } = new URL(lab.storeUrl);
  const near = await freePort();
  const cable = await startRelay({ port: near, toPort: Number(port) });
  try {
    storeUrlOfSource = lab.storeUrl.replace(`${hostname}:${port}`, `127.0.0.1:${near}`);
    await lab.workers['hv-a'].kill();
    await lab.workers['hv-a'].start();
    await seconds(5);
    cable.unplug();
    await isRefused();
  } finally {
    await cable.close();
  }
}

async function hangs(): Promise<void> {
  process.kill(lab.workers['hv-a'].pid, 'SIGSTOP');
  try {
    await isRefused();
  } finally {
    process.kill(lab.workers['hv-a'].pid, 'SIGCONT');
  }
}

describe('a VM whose host is silent', () => {
  it.each(drawn(CASES, 1))(
    `$name (SEED=${SEED})`,
    async ({ happens }) => {
      await aligned();
      await happens();
    },
    2 * RUN_MILLISECONDS_MAX,
  );
});
