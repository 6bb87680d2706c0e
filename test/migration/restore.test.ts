import { describe, expect, it } from '@jest/globals';
import type { EntryBody, OpenedRestore } from '../../src/domain/journal.ts';
import type { RestorePlan } from '../../src/domain/plan.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { LeftCopy } from '../../src/migration/kept.ts';
import type { Intent, PeerAnswer } from '../../src/migration/ports.ts';
import { NeverRan, type StepContext } from '../../src/migration/step.ts';
import { holdCopy } from '../../src/migration/steps/hold-copy.ts';
import { makeSureLost } from '../../src/migration/steps/make-sure-lost.ts';
import { retireLost } from '../../src/migration/steps/retire-lost.ts';
import { startRestored } from '../../src/migration/steps/start-restored.ts';
import { restoreOf, restorePlanOf } from '../fixtures/restore.ts';
import { vmFacts } from '../preflight/facts.ts';
import { done, journal, started, stepContext } from './journals.ts';

const party = (name: string) => ({ name, publicKey: name });
const openedOf = (plan: Partial<RestorePlan>): OpenedRestore =>
  restoreOf(
    { bot: party('bot'), source: party('hv-a'), target: party('hv-b') },
    restorePlanOf(plan),
  );

interface There {
  /** What the source says; `silent`: it does not answer at all. */
  readonly says?: PeerAnswer['vm'] | 'silent';
  /** Whether anything at its address takes a connection. */
  readonly up?: boolean;
  readonly fence?: Problem;
  readonly here?: VmFacts | undefined;
  readonly start?: 'ran' | { readonly reason: string };
  readonly stop?: 'stopped' | 'will not stop';
  readonly plan?: Partial<RestorePlan>;
  readonly written?: readonly (EntryBody | EntryBody[])[];
}

/** The world as seen from the host on which a step runs. */
function world(there: There) {
  const { says = 'silent', up = says !== 'silent', start = 'ran', stop = 'stopped' } = there;
  const acts: string[] = [];
  const told: Intent['intent'][] = [];
  const left: LeftCopy[] = [];
  const host = { vm: 'here' in there ? there.here : vmFacts({ state: 'Off' }) };
  const reach = (): void => {
    if (says === 'silent') throw new Problem('peer-unreachable', { host: 'hv-a' });
  };
  const ports = {
    timing: { stopTimeoutSeconds: 60 },
    peer: () => ({
      isUp: async () => up,
      tell: async ({ intent }: Intent) => {
        reach();
        told.push(intent);
        return { startSeen: false, vm: says };
      },
      fence: async () => {
        reach();
        if (there.fence) throw there.fence;
        acts.push('fence at source');
      },
      unfence: async () => {
        reach();
        acts.push('unfence at source');
      },
    }),
    host: {
      vm: async () => host.vm,
      unfence: async () => acts.push('unfence'),
      fence: async () => acts.push('fence'),
      start: async () => {
        acts.push('start');
        return start;
      },
      stop: async () => {
        acts.push('stop');
        return stop;
      },
      setStartAction: async (_: string, action: string) => acts.push(`start action ${action}`),
      stopTracking: async () => acts.push('stopTracking'),
      exportDefinition: async () => ({ vmId: 'dc02-id', bytes: Buffer.from('two processors') }),
      unregister: async () => acts.push('unregister'),
    },
    kept: {
      leave: async (copy: LeftCopy) => {
        acts.push('leave');
        left.push(copy);
        return 5;
      },
    },
  };
  const opened = openedOf(there.plan ?? {});
  const entries = journal(...(there.written ?? [started('makeSureLost')])).map((entry, index) =>
    index === 0 ? { ...entry, body: opened } : entry,
  );
  return { context: stepContext(opened, entries, ports), acts, told, left };
}

async function doing(act: (context: StepContext<OpenedRestore>) => Promise<object>, there: There) {
  const { context, ...seen } = world(there);
  const result: unknown = await act(context).catch((error: unknown) => error);
  return { result, ...seen };
}

const problem = (code: string) => expect.objectContaining({ code });

describe('before a copy is started, its source', () => {
  const sure = (there: There) => doing(makeSureLost.run, there);

  it.each<[string, There, object, string[]]>([
    ['has no such VM', { says: 'absent' }, { source: 'absent' }, []],
    ['has fenced it', { says: 'off, fenced' }, { source: 'fenced' }, []],
    ['has it off: fenced', { says: 'off, free' }, { source: 'fenced' }, ['fence at source']],
    ['is gone', { says: 'silent', up: false }, { source: 'no answer' }, []],
  ])('%s', async (_, there, result, acts) => {
    expect(await sure(there)).toMatchObject({ result, acts });
  });

  it.each<[string, There, string]>([
    ['runs it', { says: 'running' }, 'restore-source-runs'],
    ['is up, and its worker says nothing', { says: 'silent', up: true }, 'restore-source-up'],
    [
      'cannot be told to fence it',
      { says: 'off, free', fence: new Problem('restore-cannot-fence') },
      'restore-cannot-fence',
    ],
  ])('is found not to be lost: %s', async (_, there, code) => {
    expect(await sure(there)).toMatchObject({ result: problem(code), acts: [] });
  });

  it('is told that the target is about to start it', async () => {
    expect((await sure({ says: 'absent' })).told).toEqual(['start at target']);
  });

  it('is not even asked of a domain controller, which has no older state', async () => {
    const there: There = { says: 'absent', plan: { domainController: true } };
    const code = 'domain-controller-older';
    expect(await sure(there)).toMatchObject({ result: problem(code), told: [] });
    expect(await doing(startRestored.run, there)).toMatchObject({
      result: problem(code),
      acts: [],
    });
  });
});

describe('a restore that is taken back', () => {
  const back = (there: There) => {
    if (!makeSureLost.undo) throw new Error('It cannot be taken back');
    return doing(makeSureLost.undo, there);
  };
  const fenced = done('makeSureLost', 'run', { source: 'fenced' });
  const none = done('makeSureLost', 'run', { source: 'no answer' });

  it('gives the VM of the source back', async () => {
    expect(await back({ says: 'off, fenced', written: [fenced] })).toMatchObject({
      result: { source: 'free' },
      acts: ['unfence at source'],
    });
  });

  it('waits for a worker that holds what it fenced, and for nobody who holds nothing', async () => {
    const silent = { says: 'silent', up: true } as const;
    expect(await back({ ...silent, written: [fenced] })).toMatchObject({
      result: problem('peer-unreachable'),
    });
    const result = { source: 'no answer' };
    expect(await back({ ...silent, written: [none] })).toMatchObject({ result });
    expect(await back({ ...silent, written: [started('makeSureLost')] })).toMatchObject({ result });
    expect(await back({ says: 'silent', up: false, written: [fenced] })).toMatchObject({ result });
  });
});

describe('the copy of a restore', () => {
  const holding = async (inUse: number) => {
    const asked: string[] = [];
    const opened = openedOf({});
    const hold = async (_: string, { folder }: { folder: string }) => {
      asked.push(folder);
      if (asked.length <= inUse) throw new Problem('copy-in-use', { by: 'm0' });
      return { round: 7, disks: [{}] };
    };
    const ports = { copies: { hold }, sleep: async () => undefined };
    const entries = journal(started('holdCopy')).map((entry, index) =>
      index === 0 ? { ...entry, body: opened } : entry,
    );
    const run = holdCopy.run(stepContext(opened, entries, ports));
    return { result: await run.catch((error: unknown) => error), asked: asked.length };
  };

  it('is waited for while the alignment that made it gives it back', async () => {
    expect(await holding(0)).toEqual({ result: { round: 7, disks: 1 }, asked: 1 });
    expect(await holding(5)).toEqual({ result: { round: 7, disks: 1 }, asked: 6 });
  });

  it('is not waited for without end', async () => {
    expect(await holding(1000)).toMatchObject({ result: problem('copy-in-use'), asked: 61 });
  });
});

describe('the start from a copy', () => {
  const start = (there: There) => doing(startRestored.run, there);

  it('asks the source once more, and at once where nothing answers', async () => {
    expect(await start({ says: 'silent', up: false })).toMatchObject({
      ...{ result: { source: 'no answer' }, acts: ['unfence', 'start'], told: [] },
    });
    expect(await start({ says: 'off, free' })).toMatchObject({
      result: { source: 'fenced' },
      acts: ['fence at source', 'unfence', 'start'],
    });
  });

  it('does not happen where the source came back meanwhile', async () => {
    expect(await start({ says: 'running' })).toMatchObject({
      ...{ result: problem('restore-source-runs'), acts: [] },
    });
    expect(await start({ says: 'silent', up: true })).toMatchObject({
      ...{ result: problem('restore-source-up'), acts: [] },
    });
  });

  it('finds what an attempt before has started', async () => {
    expect(await start({ here: vmFacts() })).toMatchObject({ result: { found: true }, acts: [] });
  });

  it('fences what would not start, and is proven not to have happened', async () => {
    const { result, acts } = await start({ says: 'absent', start: { reason: 'no memory' } });
    expect(result).toBeInstanceOf(NeverRan);
    expect(result).toMatchObject({ code: 'start-failed', facts: { host: 'hv-b' } });
    expect(acts).toEqual(['unfence', 'start', 'fence']);
  });
});

describe('a lost host that is back', () => {
  const retire = (there: There) => doing(retireLost.run, there);
  const kept = ['start action Nothing', 'stopTracking', 'leave', 'unregister'];

  it('shuts down what came up with it, and keeps it before it is unregistered', async () => {
    const { result, acts, left } = await retire({ here: vmFacts() });
    expect({ result, acts }).toEqual({ result: { keptUntil: 5 }, acts: ['stop', ...kept] });
    const [disk] = vmFacts().disks;
    expect(left).toMatchObject([
      {
        vm: { id: 'dc02-id', name: 'dc02' },
        operation: 'm1',
        disks: [
          { disk: disk?.id, path: disk?.path },
          ...vmFacts()
            .disks.slice(1)
            .map(() => ({})),
        ],
        definition: { bytes: Buffer.from('two processors') },
      },
    ]);
  });

  it('need not shut down what is off', async () => {
    expect((await retire({ here: vmFacts({ state: 'Off' }) })).acts).toEqual(kept);
  });

  it('has nothing to do where the VM is not there any more', async () => {
    expect(await retire({ here: undefined })).toMatchObject({ result: {}, acts: [] });
  });

  it('changes nothing of a VM that will not stop: two of it run, and people must hear of it', async () => {
    expect(await retire({ here: vmFacts(), stop: 'will not stop' })).toMatchObject({
      result: problem('lost-source-runs'),
      acts: ['stop'],
    });
  });
});
