import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openChain } from '../../src/disks/chain.ts';
import { type Entry, migrationOf } from '../../src/domain/journal.ts';
import { createLab } from '../../src/hosts/lab/create.ts';
import { check } from '../../src/lab/checker.ts';
import { APPROVER, type HostName, type Lab, OPERATOR, startLab } from '../../src/lab/machine.ts';
import { enrolHosts } from '../../src/lab/session.ts';
import { wrongWith, wrongWithTarget } from '../../src/lab/verdict.ts';
import { openStore } from '../../src/store/open.ts';
import { BLOCK_BYTES } from '../../src/stream/blocks.ts';
import { RUN_MILLISECONDS_MAX } from './run-lab.ts';

const MIB = 2 ** 20;
const VM = 'dc02';

let lab: Lab | undefined;
let directory = '';
afterEach(async () => {
  await lab?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function started(): Promise<Lab> {
  directory = await mkdtemp(join(tmpdir(), 'ferry-back-'));
  const disks = [{ virtualBytes: 256 * MIB, dataBytes: 96 * MIB }];
  await createLab(directory, { vms: [{ name: VM, host: 'hv-a', disks, recordsPerSecond: 20 }] });
  lab = await startLab({ directory });
  await enrolHosts(lab);
  return lab;
}

/** Its journal. */
async function move({ slack, storeUrl }: Lab, to: HostName): Promise<readonly Entry[]> {
  const told = (words: RegExp) =>
    slack.waitFor(({ messages }) => messages.findLast(({ text }) => words.test(text))?.ts, {
      what: String(words),
      timeoutMs: RUN_MILLISECONDS_MAX,
    });
  await slack.say(OPERATOR, `/migrate ${VM} to ${to} stream`);
  const asked = await told(new RegExp(`^Move ${VM} from .* to ${to}: .*approv`, 'i'));
  await slack.click(APPROVER, asked, 'ferry.approve');
  await told(new RegExp(`^Move ${VM} from .* to ${to}: Done`));
  await using store = await openStore(storeUrl);
  const [newest = ''] = await store.journal.list(1);
  // It is over for people once the VM runs; what is left of it is still to be tidied up.
  for (;;) {
    const entries = await store.journal.read(newest);
    if (entries.some(({ body }) => body.kind === 'closed')) return entries;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const factOf = (entries: readonly Entry[], step: string, fact: string): number => {
  const found = entries.findLast(({ body }) => body.kind === 'done' && body.step === step)?.body;
  return found?.kind === 'done' ? Number(found.facts[fact]) : Number.NaN;
};

async function blocksThatDiffer(one: string, other: string): Promise<number> {
  await using a = await openChain(one);
  await using b = await openChain(other);
  let differing = 0;
  const [left, right] = [Buffer.alloc(BLOCK_BYTES), Buffer.alloc(BLOCK_BYTES)];
  for (let at = 0; at < a.virtualBytes; at += BLOCK_BYTES) {
    await a.read(at, left);
    await b.read(at, right);
    if (!left.equals(right)) differing += 1;
  }
  return differing;
}

describe('a VM that comes back', () => {
  it(
    'runs from the disks that it left, and sends what has changed since',
    async () => {
      const one = await started();
      const first = migrationOf(await move(one, 'hv-b')).plan;
      const [disk] = first.disks;
      const before = join(directory, 'as it was left.vhdx');
      await copyFile(disk?.sourcePath ?? '', before);

      const journal = await move(one, 'hv-a');
      const { plan } = migrationOf(journal);
      expect(plan.base?.kind).toBe('left behind');
      expect(plan.disks[0]?.targetPath).toBe(disk?.sourcePath);
      const report = await check(directory);
      expect([...wrongWith(report, VM, 'hv-a'), ...wrongWithTarget(report, VM, 'hv-a')]).toEqual(
        [],
      );
      // What has changed by now has changed by then, or later.
      const changed = await blocksThatDiffer(before, disk?.sourcePath ?? '');
      expect(factOf(journal, 'copyWholeDisks', 'bytesSent')).toBeLessThan(
        changed * BLOCK_BYTES * 1.01,
      );
      expect(changed * BLOCK_BYTES).toBeLessThan(0.2 * 96 * MIB);
    },
    2 * RUN_MILLISECONDS_MAX,
  );
});
