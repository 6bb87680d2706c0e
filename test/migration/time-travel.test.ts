/** No step starts an older state of a VM, least of all of a domain controller. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Copy } from '../../src/domain/copy.ts';
import type { Entry } from '../../src/domain/journal.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { Verdict } from '../../src/domain/problem.ts';
import { NeverRan } from '../../src/migration/step.ts';
import { startTarget } from '../../src/migration/steps/start-target.ts';
import { vmFacts } from '../preflight/facts.ts';
import { done, failed, journal, opened, started, stepContext, upTo } from './journals.ts';

const lastRound = done('copyLastRound', 'run', {
  round: 5,
  received: ['SCSI 0:0 aa', 'SCSI 0:1 bb'],
});
const before = upTo('startTarget').map((bodies) => {
  const [first] = [bodies].flat();
  return first?.kind === 'started' && first.step === 'copyLastRound' ? lastRound : bodies;
});
const disk = (id: string, digest: string) => ({ disk: id, path: id, virtualBytes: 1, digest });
const COPY: Copy = {
  vm: opened.plan.vm,
  host: 'hv-b',
  operation: 'm1',
  round: 5,
  committedAt: 0,
  disks: [disk('SCSI 0:1', 'bb'), disk('SCSI 0:0', 'aa')],
};

async function starting(
  copy: Copy | undefined,
  {
    plan = {},
    entries = journal(...before, started('startTarget')),
  }: {
    readonly plan?: Partial<Plan>;
    readonly entries?: Entry[];
  } = {},
) {
  const acts: string[] = [];
  const ports = {
    copies: { read: async () => copy },
    memory: { intents: async () => [] },
    peer: () => ({ tell: async () => ({ startSeen: false, vm: 'off, fenced' }) }),
    host: {
      vm: async () => vmFacts({ state: 'Off' }),
      unfence: async () => acts.push('unfence'),
      start: async () => {
        acts.push('start');
        return 'ran';
      },
    },
  };
  const context = stepContext({ ...opened, plan: { ...opened.plan, ...plan } }, entries, ports);
  const error: unknown = await startTarget.run(context).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { acts, error };
}

describe('the start at the target', () => {
  it('is of what the source sent last', async () => {
    expect(await starting(COPY)).toEqual({ acts: ['unfence', 'start'], error: undefined });
  });

  it.each<[string, Copy | undefined]>([
    ['is not there', undefined],
    ['is of an earlier round', { ...COPY, round: 4 }],
    ['was adopted, and nothing of this operation is committed in it', { ...COPY, operation: 'm0' }],
    ['has another content', { ...COPY, disks: [disk('SCSI 0:0', 'aa'), disk('SCSI 0:1', 'b0')] }],
    ['lacks a disk', { ...COPY, disks: [disk('SCSI 0:0', 'aa')] }],
  ])('is refused, and proven not to have happened, where the copy %s', async (_name, copy) => {
    const { acts, error } = await starting(copy);
    expect(acts).toEqual([]);
    expect(error).toBeInstanceOf(NeverRan);
    expect(error).toMatchObject({ code: 'copy-older', facts: { vm: 'dc02', host: 'hv-b' } });
  });

  it('says of a domain controller what the directory needs', async () => {
    const { error } = await starting({ ...COPY, round: 4 }, { plan: { domainController: true } });
    expect(error).toMatchObject({ code: 'domain-controller-older', facts: { host: 'hv-b' } });
  });

  it('is refused where no last round was ever sent', async () => {
    const entries = journal(...upTo('startTarget'), started('startTarget'));
    expect((await starting(COPY, { entries })).acts).toEqual([]);
  });

  it('needs a person where an attempt before may have started it', async () => {
    const tried = failed('startTarget', 'unknown');
    const entries = journal(...before, tried, started('startTarget'));
    const { error } = await starting({ ...COPY, round: 4 }, { entries });
    expect(error).toBeInstanceOf(Verdict);
    expect(error).not.toBeInstanceOf(NeverRan);
  });
});

/**
 * Each of these starts the disks that the VM last ran from: the source's own, which nobody else has
 * run since, or the target's after `startTarget`. Whoever adds one says here why it is no older state.
 */
const STARTERS: Readonly<Record<string, string>> = {
  'migration/steps/confirm-target.ts': 'it ran here: its home is the target',
  'migration/steps/forbid-source-start.ts': 'taken back: the source as it was',
  'migration/steps/start-restored.ts':
    'people agreed to an older state, twice, and that its host is lost; never of a domain controller',
  'migration/steps/start-target.ts': 'the last round, compared right before',
  'migration/steps/stop-source.ts': 'taken back: the source as it was',
};

it('nothing else starts a VM', () => {
  const src = join(import.meta.dirname, '../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !/^(hosts|lab)\//.test(file));
  const starters = files.filter((file) =>
    /\bhost\.start\(/.test(readFileSync(join(src, file), 'utf8')),
  );
  expect(starters.toSorted()).toEqual(Object.keys(STARTERS).toSorted());
});
