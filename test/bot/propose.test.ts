import { beforeEach, describe, expect, it } from '@jest/globals';
import { operationsOf } from '../../src/bot/operations.ts';
import { copyClaim, type Entry, openedOf } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { ProposeRequest } from '../../src/slack/ports.ts';
import { textOf } from '../../src/texts/catalogue.ts';
import { verifyJournal } from '../../src/trust/verify-journal.ts';
import { STEP_RULES } from '../../src/worker/journal.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { bot, done, failed, stepsBefore } from './stories.ts';
import { codeOf, dc02, enrol, holderOf, problemOf, register } from './world.ts';
import { newWorld, world } from './world-of-test.ts';

const WISH: ProposeRequest = { vm: 'dc02', target: 'hv-b', user: 'U1', channel: 'C1' };

beforeEach(() => newWorld());

const refused = (changes: Partial<ProposeRequest>) =>
  problemOf(world.operations.propose({ ...WISH, ...changes }));

async function nothingOpened(): Promise<void> {
  expect(await world.store.journal.list(10)).toEqual([]);
  expect(await holderOf(world)).toBeUndefined();
  expect(world.woken).toEqual([]);
}

describe('a proposal that cannot be', () => {
  it('names the known VMs and the hosts that are silent when the VM is unknown', async () => {
    await enrol(world, 'hv-c');
    const { code, facts } = await refused({ vm: 'sql99' });
    expect([code, facts]).toEqual([
      'vm-unknown',
      { vm: 'sql99', known: ['dc02'], silent: ['hv-c'] },
    ]);
    await nothingOpened();
  });

  it('names no VM, no silent host and no trouble of hosts that the channel is not for', async () => {
    await enrol(world, 'hv-c');
    const foreign = hostFacts('hv-c', { vms: [vmFacts({ id: 'other', name: 'sql98' })] });
    const hosts = ['HV-A', 'hv-b'];
    const known = { vm: 'sql99', known: ['dc02'], silent: [] };
    world.looks.set('hv-c', async () => ({ host: foreign }));
    expect((await refused({ vm: 'sql99' })).facts.known).toEqual(['dc02', 'sql98']);
    expect((await refused({ vm: 'sql99', hosts })).facts).toEqual(known);
    world.looks.delete('hv-c');
    expect((await refused({ vm: 'sql99', hosts })).facts).toEqual(known);
    world.looks.set('hv-c', async () => {
      throw new Problem('vm-ambiguous', { host: 'hv-c', vm: 'sql99', count: 2 });
    });
    expect((await refused({ vm: 'sql99', hosts })).facts).toEqual(known);
  });

  it('names the enrolled hosts when the host is unknown', async () => {
    await register(world, 'hv-c');
    const { code, facts } = await refused({ target: 'hv-z' });
    expect([code, facts]).toEqual(['host-unknown', { host: 'hv-z', known: ['hv-a', 'hv-b'] }]);
    await nothingOpened();
  });

  it('says that a host which only registered is to be enrolled', async () => {
    await register(world, 'hv-c');
    const { code, facts } = await refused({ target: 'HV-C' });
    expect([code, facts]).toEqual(['host-not-enrolled', { host: 'hv-c' }]);
  });

  it('takes the enrolled host where somebody registered another spelling of its name', async () => {
    await world.store.records.put('registrations/HV-B', { anything: true });
    expect(await world.operations.propose({ ...WISH, target: 'HV-b' })).toHaveProperty('operation');
  });

  it('says that the VM is there already, whatever the case of the name', async () => {
    const { code, facts } = await refused({ target: 'HV-A' });
    expect([code, facts]).toEqual(['same-host', { vm: 'dc02', host: 'hv-a' }]);
    await nothingOpened();
  });

  it('says that the target is silent', async () => {
    world.looks.delete('hv-b');
    expect((await refused({})).code).toBe('worker-silent');
    await nothingOpened();
  });

  it('goes on where a host that it does not need is silent', async () => {
    await enrol(world, 'hv-c');
    expect(await world.operations.propose(WISH)).toHaveProperty('operation');
  });

  it('tells what a worker answered, and does not call it silent', async () => {
    world.looks.set('hv-a', async () => {
      throw new Problem('vm-ambiguous', { host: 'hv-a', vm: 'dc02', count: 2 });
    });
    expect((await refused({})).code).toBe('vm-ambiguous');
  });

  it('opens nothing when a check blocks, and hands over every finding', async () => {
    const withoutSwitch = hostFacts('hv-b', { switches: [] });
    world.looks.set('hv-b', async () => ({ host: withoutSwitch }));
    const proposed = await world.operations.propose(WISH);
    const findings = 'refused' in proposed ? proposed.refused : [];
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'blocker' }));
    await nothingOpened();
  });

  it.each([
    ['quotes and markup', `"<!channel>" \`; DROP TABLE entries; -- 'x' <script>`],
    ['5,000 characters', 'x'.repeat(5000)],
    ['a path', '../../etc/passwd'],
    ['control characters', 'dc02\u0000\u001b[31m'],
  ])('is answered in words for a VM name of %s', async (_name, vm) => {
    const problem = await refused({ vm });
    expect(problem.code).toBe('vm-unknown');
    expect(problem.facts.vm).toBe(vm);
    expect(textOf(problem).text).toContain(vm);
    await nothingOpened();
  });
});

describe('a VM that somebody works on', () => {
  it('names the holder', async () => {
    const operation = await world.opened();
    const { code, facts } = await refused({});
    expect([code, facts]).toEqual(['vm-claimed', { vm: 'dc02', holder: operation }]);
  });

  it('is refused when only the bot remembers who works on it, because the store was set back', async () => {
    const operation = await world.opened();
    const held = (await world.store.journal.read(operation))[0];
    const lost = { ...held, operation: 'm9000' };
    const forgetful = {
      ...world.options,
      store: { ...world.options.store, holder: async () => undefined },
      remembered: async () => [{ operation: 'm9000', entries: [lost as Entry] }],
    };
    const problem = await problemOf(operationsOf(forgetful).propose(WISH));
    expect([problem.code, problem.facts.holder]).toEqual(['vm-claimed', 'm9000']);
  });

  it('is opened once by five proposals at the same time', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 5 }, () => world.operations.propose(WISH)),
    );
    const won = all.filter(({ status }) => status === 'fulfilled');
    const codes = all.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(won).toHaveLength(1);
    expect(codes).toEqual(Array(4).fill('vm-claimed'));
    expect(await world.store.journal.list(10)).toEqual([await holderOf(world)]);
  });

  it('is refused while an earlier migration has still to clean up that target', async () => {
    const first = await world.opened();
    const why = { code: 'target-lost', facts: {} };
    const { written, claims } = {
      written: [
        ...done('reserveTarget'),
        ...failed('trackChanges', 'roll back', why),
        ...done('trackChanges', {}, 'undo'),
        bot({ kind: 'settled', home: 'source' }),
      ],
      claims: { take: [copyClaim(dc02.id, 'hv-b')], release: [`vm:${dc02.id}`] },
    };
    await world.write(first, written.slice(0, -1));
    await world.write(first, written.slice(-1), claims);
    const { code, facts } = await refused({});
    expect([code, facts]).toEqual([
      'left-over-claimed',
      { vm: 'dc02', host: 'hv-b', holder: first },
    ]);
    await enrol(world, 'hv-c');
    world.looks.set('hv-c', async () => ({ host: hostFacts('hv-c') }));
    expect(await world.operations.propose({ ...WISH, target: 'hv-c' })).toHaveProperty('operation');
  });
});

describe('a proposal that opens', () => {
  it('writes a signed journal that everyone who pins the bot accepts, and takes the claim', async () => {
    const proposed = await world.operations.propose({ ...WISH, target: 'HV-B' });
    const operation = 'operation' in proposed ? proposed.operation : '';
    const entries = await world.store.journal.read(operation);
    const { fingerprint } = world.bot;
    verifyJournal(entries, { operation, botFingerprint: fingerprint, ...STEP_RULES });
    const { parties, plan, requestedBy, channel } = openedOf(entries);
    expect([plan.source, plan.target, requestedBy, channel]).toEqual(['hv-a', 'hv-b', 'U1', 'C1']);
    expect(parties.target.publicKey).toBe(world.workers['hv-b'].publicKey);
    expect(await holderOf(world)).toBe(operation);
    expect(world.woken).toEqual([operation]);
  });

  it('takes the VM that runs where a copy of the same name is off elsewhere', async () => {
    await enrol(world, 'hv-c');
    const old = vmFacts({ state: 'Off' });
    world.looks.set('hv-b', async () => ({ host: hostFacts('hv-b', { vms: [old] }), vm: old }));
    world.looks.set('hv-c', async () => ({ host: hostFacts('hv-c') }));
    const proposed = await world.operations.propose({ ...WISH, target: 'hv-c' });
    const operation = 'operation' in proposed ? proposed.operation : '';
    expect(openedOf(await world.store.journal.read(operation)).plan.source).toBe('hv-a');
  });

  it('passes over the numbers that a store which was set back gives again', async () => {
    const entries = await world.write(await world.opened(), stepsBefore('createTargetDisks'));
    const numberOf = (name: string) => Number(name.slice(1));
    const given = numberOf(entries[0]?.operation ?? '');
    for (let next = given + 1; next <= given + 3; next += 1) {
      // What the bot has seen under numbers that this store does not know.
      const operation = `m${next}`;
      await world.options.memory.remember(operation, [{ ...entries[0], operation } as never]);
    }
    await enrol(world, 'hv-c');
    const other = vmFacts({ id: 'other', name: 'sql01' });
    world.looks.set('hv-a', async () => ({ host: hostFacts('hv-a', { vms: [other] }), vm: other }));
    const proposed = await world.operations.propose({ ...WISH, vm: 'sql01' });
    expect(proposed).toEqual({ operation: `m${given + 4}` });
  });
});

it('a proposal answers with a code that has words', async () => {
  expect(await codeOf(world.operations.propose({ ...WISH, vm: '' }))).toBe('vm-unknown');
});
