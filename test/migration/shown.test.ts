/** The target is confirmed by what the source showed. */

import { describe, expect, it } from '@jest/globals';
import { configurationFingerprint, type VmFacts } from '../../src/domain/vm.ts';
import { confirmTarget } from '../../src/migration/steps/confirm-target.ts';
import { recheck } from '../../src/migration/steps/recheck.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { done, journal, opened, START, stepContext, upTo } from './journals.ts';

type Guest = VmFacts['guest'];
const guest = (heartbeat: boolean, ...addresses: string[]): Guest => ({ heartbeat, addresses });

/** What the target's guest shows, look by look; the last one stays. */
async function confirmed(before: Guest | 'not said', looks: readonly Guest[]) {
  const said = before === 'not said' ? {} : await recheckedWith(before);
  const entries = journal(
    ...upTo('recheck'),
    done('recheck', 'run', said),
    ...upTo('confirmTarget').slice(upTo('forbidSourceStart').length),
  );
  const acts: string[] = [];
  let seconds = 0;
  let look = 0;
  const at = () => looks[Math.min(look++, looks.length - 1)];
  const ports = {
    host: {
      vm: async () => {
        const { guest: _, ...vm } = vmFacts();
        const shows = at();
        return shows === undefined ? vm : { ...vm, guest: shows };
      },
      setStartAction: async (_: string, action: string) => void acts.push(action),
    },
    copies: { handedToVm: async () => undefined },
    reservations: { release: async () => undefined },
    timing: { confirmTimeoutSeconds: 60 },
    sleep: async (waited: number) => {
      seconds += waited;
    },
  };
  const facts = await confirmTarget.run(stepContext(opened, entries, ports));
  return { facts, seconds: Math.round(seconds), acts };
}

async function recheckedWith(shown: Guest) {
  const { guest: _, ...plain } = vmFacts();
  const vm: VmFacts = { ...plain, ...(shown && { guest: shown }) };
  const disks = vm.disks.map(({ id, path, virtualBytes }) => {
    return { id, sourcePath: path, targetPath: path, virtualBytes };
  });
  const plan = { ...opened.plan, disks, configuration: configurationFingerprint(vm) };
  const ports = {
    host: { vm: async () => vm, facts: async () => hostFacts('hv-a') },
    peer: () => ({ facts: async () => hostFacts('hv-b') }),
    recheck: async () => [],
    journal: { now: async () => START },
  };
  const context = stepContext({ ...opened, plan }, journal(...upTo('recheck')), ports);
  return (await recheck.run(context)) ?? {};
}

describe('a VM at the target', () => {
  it('is confirmed as soon as it shows heartbeat and addresses as before', async () => {
    const had = guest(true, '10.0.1.5', 'fe80::1');
    const found = guest(true, '10.0.1.5', 'fe80::2');
    const looks = [guest(false), guest(true), guest(true), found];
    const { facts, acts } = await confirmed(had, looks);
    expect(facts).toEqual({ addressSeconds: expect.closeTo(0.2) });
    expect(acts).toEqual([opened.plan.startAction]);
  });

  it('is confirmed without addresses that do not come, and they are named', async () => {
    const { facts, seconds } = await confirmed(guest(true, '10.0.1.5', '10.0.2.5'), [
      guest(true, '10.0.2.5'),
    ]);
    expect(facts).toMatchObject({ addressesMissing: ['10.0.1.5'] });
    expect(seconds).toBe(30);
  });

  it('needs no heartbeat where it had none before, and no more than to run', async () => {
    for (const had of [guest(false), undefined]) {
      expect((await confirmed(had, [undefined])).facts).toEqual({ addressSeconds: 0 });
    }
  });

  it('needs a heartbeat where it had one, or where nothing says whether it had', async () => {
    for (const had of [guest(true), 'not said'] as const) {
      await expect(confirmed(had, [guest(false)])).rejects.toMatchObject({ code: 'no-heartbeat' });
    }
  });
});
