import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { migrationOf } from '../../src/domain/journal.ts';
import { createLab } from '../../src/hosts/lab/create.ts';
import { check } from '../../src/lab/checker.ts';
import { APPROVER, type Lab, OPERATOR, startLab } from '../../src/lab/machine.ts';
import { enrolHosts } from '../../src/lab/session.ts';
import { wrongWith, wrongWithTarget } from '../../src/lab/verdict.ts';
import { openStore } from '../../src/store/open.ts';
import { RUN_MILLISECONDS_MAX } from './run-lab.ts';

const MIB = 2 ** 20;
const VM = 'dc02';
/** Long enough for plan, copy and approval on a slow machine; all three must be before. */
const AHEAD_MS = 45_000;

let lab: Lab | undefined;
let directory = '';
afterEach(async () => {
  await lab?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a move whose cutover has a time', () => {
  it(
    'is copied and approved before, and cut over then, also by a bot that was started again',
    async () => {
      directory = await mkdtemp(join(tmpdir(), 'ferry-times-'));
      const disks = [{ virtualBytes: 64 * MIB, dataBytes: 8 * MIB }];
      await createLab(directory, { vms: [{ name: VM, host: 'hv-a', disks }] });
      lab = await startLab({ directory });
      await enrolHosts(lab);
      const { slack, bot, storeUrl } = lab;
      const told = (words: RegExp) =>
        slack.waitFor(({ messages }) => messages.findLast(({ text }) => words.test(text))?.ts, {
          what: String(words),
          timeoutMs: RUN_MILLISECONDS_MAX,
        });

      const at = Math.ceil((Date.now() + AHEAD_MS) / 1000) * 1000;
      const time = new Date(at).toISOString().slice(11, 19);
      await slack.say(OPERATOR, `/migrate ${VM} to hv-b stream cutover at ${time} UTC`);
      const asked = await told(/^Move dc02 from hv-a to hv-b: .*approv/i);
      await slack.click(APPROVER, asked, 'ferry.approve');
      await told(/^Move dc02 from hv-a to hv-b: Waiting for its time/);
      await bot.kill();
      await bot.start();
      await told(/^Move dc02 from hv-a to hv-b: Done/);

      await using store = await openStore(storeUrl);
      const [newest = ''] = await store.journal.list(1);
      const entries = await store.journal.read(newest);
      expect(migrationOf(entries).plan.cutoverAt).toBe(at);
      const begunAt = (step: string) =>
        entries.find(({ body }) => body.kind === 'started' && body.step === step)?.at;
      expect(begunAt('copyWholeDisks')).toBeLessThan(at);
      expect(entries.find(({ body }) => body.kind === 'approved')?.at).toBeLessThan(at);
      expect(begunAt('stopSource')).toBeGreaterThanOrEqual(at);
      const report = await check(directory);
      expect([...wrongWith(report, VM, 'hv-b'), ...wrongWithTarget(report, VM, 'hv-b')]).toEqual(
        [],
      );
    },
    2 * RUN_MILLISECONDS_MAX,
  );
});
