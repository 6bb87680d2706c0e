/** The steps that ask again, on ports that answer as told. */

import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/domain/finding.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { Verdict } from '../../src/domain/problem.ts';
import { SPACE_LIMITS } from '../../src/domain/space.ts';
import { configurationFingerprint } from '../../src/domain/vm.ts';
import { AskAgain, TurnBack } from '../../src/migration/step.ts';
import { catchUp } from '../../src/migration/steps/catch-up.ts';
import { recheck } from '../../src/migration/steps/recheck.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { journal, opened, START, stepContext, upTo } from './journals.ts';

interface Told {
  readonly plan?: Partial<Plan>;
  /** What each round sends, in turn. */
  readonly rounds?: readonly { bytes: number; seconds: number }[];
  readonly findings?: readonly Finding[];
  readonly now?: number;
  /** On the VM, made by somebody else. */
  readonly checkpoints?: readonly string[];
  /** What the target says to a round. */
  readonly refusal?: string;
}

const vm = vmFacts();
const configuration = configurationFingerprint(vm);
const disks = vm.disks.map(({ id, path, virtualBytes }) => {
  return { id, sourcePath: path, targetPath: path, virtualBytes };
});

function contextOf({ plan, rounds = [], findings = [], now = START, ...told }: Told) {
  const { checkpoints = [], refusal } = told;
  const made = checkpoints.map((name) => ({ id: name, name, ours: false }));
  const entries = journal(...upTo('recheck'));
  const left = [...rounds];
  const looked: string[] = [];
  const ports = {
    host: {
      vm: async () => ({ ...vm, checkpoints: made }),
      facts: async () => hostFacts('hv-a'),
      volumes: async () => hostFacts('hv-a').volumes,
      openRound: async (_: string, number: number) => ({ number, disks: [] }),
      closeRounds: async (_: string, number: number) => ({ number, disks: [] }),
    },
    peer: () => ({ facts: async () => hostFacts('hv-b') }),
    notebook: {
      read: async () => ({ round: 3, ended: {}, stoppedByUs: false }),
      write: async () => undefined,
    },
    stream: {
      send: async ({ round }: { round: { number: number } }) => {
        if (refusal) throw new Verdict(refusal, { disk: 'SCSI 0:1' });
        const { bytes, seconds } = left.shift() ?? { bytes: 0, seconds: 0 };
        const { number } = round;
        const sent = { bytesRead: bytes, bytesSent: bytes, bytesCarried: bytes };
        return { number, ...sent, seconds, digests: [] };
      },
    },
    recheck: ({ target }: { target: { vmVolume: string } }) => {
      looked.push(target.vmVolume);
      return findings;
    },
    journal: { now: async () => now },
    now: () => now,
    space: SPACE_LIMITS,
    timing: { stopAndStartSeconds: 5, foreignCheckpointPatienceSeconds: 0 },
  };
  const planned = { ...opened.plan, disks, bytesOnTargetMax: 1e12, configuration, ...plan };
  const context = { ...stepContext({ ...opened, plan: planned }, entries, ports), vmId: vm.id };
  return { context, looked, left };
}

async function asked(running: Promise<unknown>): Promise<AskAgain> {
  const error = await running.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AskAgain) return error;
  throw new Error(`It did not ask again: ${String(error)}`);
}

describe('the last rounds before the cutover', () => {
  it('go on while each is much smaller, until the rest fits into the pause', async () => {
    const rounds = [
      { bytes: 1000, seconds: 600 },
      { bytes: 500, seconds: 300 },
      { bytes: 10, seconds: 6 },
    ];
    const { context, left } = contextOf({ rounds });
    const facts = await catchUp.run(context);
    expect(facts).toMatchObject({ bytesSent: 1510, seconds: 6, pauseSeconds: 11 });
    expect(left).toEqual([]);
  });

  it('ask again when the guest writes too much for the approved pause', async () => {
    const rounds = [
      { bytes: 1000, seconds: 100.2 },
      { bytes: 1000, seconds: 100.2 },
      { bytes: 990, seconds: 99.2 },
    ];
    const { code, facts } = await asked(catchUp.run(contextOf({ rounds }).context));
    expect(code).toBe('pause-beyond-plan');
    const secondsMax = opened.plan.pauseSecondsMax;
    expect(facts).toMatchObject({ vm: 'dc02', seconds: 105, secondsMax, pauseSeconds: 104.2 });
  });

  it('ask again when the rounds need more room than was approved', async () => {
    const rounds = [{ bytes: 200, seconds: 1 }];
    const plan = { disks: [], bytesOnTargetMax: 100 };
    const { code } = await asked(catchUp.run(contextOf({ rounds, plan }).context));
    expect(code).toBe('bytes-beyond-plan');
  });
});

describe('a round that keeps the copy warm', () => {
  const warmed = async (refusal: string): Promise<unknown> =>
    await catchUp.keepWarm?.(contextOf({ refusal }).context).catch((error: unknown) => error);

  it.each(['stream-disk-unknown', 'stream-disk-size', 'stream-disks-missing'])(
    'takes everything back where the VM has other disks now: %s',
    async (code) => {
      const error = await warmed(code);
      expect(error).toBeInstanceOf(TurnBack);
      expect(error).toMatchObject({ code, facts: { disk: 'SCSI 0:1' } });
    },
  );

  it('that failed for another reason is tried again', async () => {
    expect(await warmed('stream-round-passed')).not.toBeInstanceOf(TurnBack);
  });
});

describe('the recheck', () => {
  const finding = (severity: Finding['severity'], code: string): Finding => {
    return { check: code, severity, code, facts: {} };
  };

  it('asks again for a checkpoint of somebody else, which only a live move takes along', async () => {
    const checkpoints = ['before the update'];
    const { code } = await asked(recheck.run(contextOf({ checkpoints }).context));
    expect(code).toBe('foreign-checkpoint');
    const live = contextOf({ checkpoints, plan: { method: 'live' } });
    expect(await recheck.run(live.context)).toEqual({ heartbeat: false });
  });

  it.each([
    ['one more', []],
    ['another size', disks.map((disk) => ({ ...disk, virtualBytes: 1 }))],
    ['one less', [...disks, ...disks.map((disk) => ({ ...disk, id: 'SCSI 0:1' }))]],
  ])('takes everything back where the VM has %s of its disks', async (_name, planned) => {
    const running = recheck.run(contextOf({ plan: { disks: planned } }).context);
    await expect(running).rejects.toBeInstanceOf(TurnBack);
    await expect(running).rejects.toMatchObject({ code: 'disks-changed' });
  });

  it('looks at the volume of the plan, and is well', async () => {
    const { context, looked } = contextOf({ plan: { volume: 'E:' } });
    expect(await recheck.run(context)).toEqual({ heartbeat: false });
    expect(looked).toEqual(['E:']);
  });

  it('asks again for warnings that nobody has accepted, and not for the others', async () => {
    const findings = [
      finding('ok', 'memory-ok'),
      finding('warning', 'dedicated-network'),
      finding('unknown', 'memory-unknown'),
    ];
    const { code, facts } = await asked(recheck.run(contextOf({ findings }).context));
    expect([code, facts.codes]).toEqual(['new-warnings', ['dedicated-network', 'memory-unknown']]);
    const plan = { acknowledged: ['dedicated-network', 'memory-unknown'] };
    expect(await recheck.run(contextOf({ findings, plan }).context)).toEqual({ heartbeat: false });
  });

  it('asks again when the hosts worked for longer than was approved', async () => {
    const now = START + (opened.plan.secondsMax + 60) * 1000;
    const { code } = await asked(recheck.run(contextOf({ now }).context));
    expect(code).toBe('duration-beyond-plan');
  });
});
