import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { entryHash } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import { ask } from '../../src/stream/questions.ts';
import { signRegistration } from '../../src/trust/enrolment.ts';
import type { Identity } from '../../src/trust/identity.ts';
import { type Intent, openMemory } from '../../src/trust/memory.ts';
import { peerOf, whereIs } from '../../src/worker/peer.ts';
import { approved, started } from '../bot/stories.ts';
import { codeOf } from '../bot/world.ts';
import { restoreOf, restorePlanOf } from '../fixtures/restore.ts';
import { vmFacts } from '../preflight/facts.ts';
import { journalOf, type Written } from '../trust/journal-fixture.ts';
import { type AnsweringHost, answering, type Parties, parties } from './parties.ts';

let both: Parties;
let target: AnsweringHost;
beforeEach(async () => {
  both = await parties();
  target = await answering(both, both.target);
  await target.memory.remember('m1', both.entries([started('reserveTarget')]));
});
afterEach(async () => {
  await target[Symbol.asyncDispose]();
  await both[Symbol.asyncDispose]();
});

const intent = (): Intent => {
  const [first] = both.entries();
  if (!first) throw new Error('No entry');
  const place = { operation: 'm1', epoch: 3, position: 1, head: entryHash(first) };
  return { ...place, intent: 'take back at source', from: 'source' };
};

const asks = (identity: Identity, question: string, body: unknown) => {
  const { address } = target.listening;
  const peer = { address, publicKey: both.target.publicKey };
  return ask({ identity, peer, timeoutSeconds: 5 }, question, body);
};
const records = (values: Readonly<Record<string, unknown>>) => ({
  get: async (key: string) => values[key],
});
const addresses = () => join(both.directory, 'hv-a', 'addresses');

describe("a host's questions", () => {
  it('are answered to the other party, though the store is away and nothing was asked before', async () => {
    target.vm = vmFacts({ state: 'Off' });
    target.fenced = true;
    const registration = records({ 'registrations/hv-b': target.registration });
    const asking = { identity: both.source, records: registration, addresses: addresses() };
    const peer = peerOf(both.opened, 'm1', asking);
    expect(await peer.tell(intent())).toEqual({ startSeen: false, vm: 'off, fenced' });
    expect((await peer.facts()).name).toBe('hv-b');
    expect(await peer.copy('m1')).toBeUndefined();
  });

  it('hand over a definition of any size in parts, also to a worker that was started anew', async () => {
    const registration = records({ 'registrations/hv-b': target.registration });
    const asking = { identity: both.source, records: registration, addresses: addresses() };
    const peer = peerOf(both.opened, 'm1', asking);
    const vmId = both.opened.plan.vm.id;
    for (const length of [0, 1, 2 ** 19, 3 * 2 ** 20 + 7]) {
      const bytes = randomBytes(length);
      await peer.handOver('m1', { vmId, bytes });
      expect(target.definition?.vmId).toBe(vmId);
      expect(bytes.equals(target.definition?.bytes ?? Buffer.from('none'))).toBe(true);
    }
    const part = { operation: 'm1', vmId, offset: 4, length: 9, bytes: 'AAAA' };
    expect(await asks(both.source, 'handOver', part)).toEqual({ have: 0 });
    const tooMuch = { ...part, offset: 0, length: 2 };
    expect(await codeOf(asks(both.source, 'handOver', tooMuch))).toBe('question-malformed');
  });

  it('are refused to a host that has no part in any operation', async () => {
    expect(await codeOf(asks(both.stranger, 'tell', intent()))).toMatch(/^peer-/);
    expect(await target.memory.intents('m1')).toEqual([]);
  });

  it.each(['tell', 'facts', 'copy', 'handOver', 'session'])(
    'are refused to a party of another operation: %s',
    async (question) => {
      // The target's own key is known here, and no source of m1.
      const definition = { vmId: 'x', offset: 0, length: 0, bytes: '' };
      const body = { ...intent(), ...definition };
      const asked = { tell: intent(), handOver: { operation: 'm1', ...definition } };
      const sent = asked[question as 'tell'] ?? { operation: body.operation };
      expect(await codeOf(asks(both.target, question, sent))).toBe('question-from-stranger');
      expect(await target.memory.intents('m1')).toEqual([]);
    },
  );

  it('are refused in words when they are malformed, and are no bug', async () => {
    for (const body of [null, 7, {}, { operation: '../../etc' }, { ...intent(), epoch: -1 }]) {
      expect(await codeOf(asks(both.source, 'tell', body))).toBe('question-malformed');
    }
    expect(await codeOf(asks(both.source, 'facts', { operation: '../m1' }))).toBe(
      'question-malformed',
    );
    expect(target.bugs).toEqual([]);
  });

  it('are refused where a host speaks for the other side', async () => {
    const told = { ...intent(), intent: 'start at target', from: 'target' };
    expect(await codeOf(asks(both.source, 'tell', told))).toBe('question-malformed');
    expect(await target.memory.intents('m1')).toEqual([]);
  });

  it('are flushed before the answer: what was told is on the disk when it comes', async () => {
    await asks(both.source, 'tell', intent());
    const afresh = openMemory(join(both.directory, 'hv-b', 'memory'));
    expect(await afresh.intents('m1')).toEqual([intent()]);
  });

  it('are not answered when what was told cannot be kept', async () => {
    await target[Symbol.asyncDispose]();
    const rememberIntent = async () => {
      throw new Problem('memory-unwritable', { file: 'x', reason: 'ENOSPC' });
    };
    target = await answering(both, both.target, { memory: { rememberIntent } });
    expect(await codeOf(asks(both.source, 'tell', intent()))).toBe('memory-unwritable');
  });

  it('say what runs there, and whether the start was seen', async () => {
    const tell = () => asks(both.source, 'tell', intent());
    expect(await tell()).toEqual({ startSeen: false, vm: 'absent' });
    target.vm = vmFacts();
    expect(await tell()).toEqual({ startSeen: false, vm: 'running' });
    target.vm = vmFacts({ state: 'Off' });
    expect(await tell()).toEqual({ startSeen: false, vm: 'off, free' });
    target.fenced = 'unregistered meanwhile';
    expect(await tell()).toEqual({ startSeen: false, vm: 'absent' });
    await target.memory.remember(
      'm1',
      both.entries([started('reserveTarget'), started('startTarget')]),
    );
    expect(await tell()).toMatchObject({ startSeen: true });
  });
});

describe('where the other host is', () => {
  const where = (registration: unknown) =>
    whereIs(
      { records: records({ 'registrations/hv-b': registration }), addresses: addresses() },
      both.opened.parties.target,
    );

  it('is refused when another key registered after the enrolment', async () => {
    const other = signRegistration(
      { ...both.stranger, name: 'hv-b' },
      { host: '127.0.0.1', port: 1 },
    );
    expect(await codeOf(where(other))).toBe('peer-wrong-registration');
  });

  it('is refused when the registration was changed', async () => {
    const moved = { ...target.registration, address: { host: '10.6.6.6', port: 1 } };
    expect(await codeOf(where(moved))).toBe('registration-forged');
  });

  it('is kept for when the store is gone, and a forged one does not take its place', async () => {
    const { address } = await where(target.registration);
    expect(address).toEqual(target.listening.address);
    const moved = { ...target.registration, address: { host: '10.6.6.6', port: 1 } };
    expect(await codeOf(where(moved))).toBe('registration-forged');
    const gone = {
      get: async () => {
        throw new Problem('store-unreachable', { url: 'postgres://gone' });
      },
    };
    const kept = await whereIs(
      { records: gone, addresses: addresses() },
      both.opened.parties.target,
    );
    expect(kept).toEqual({ address, publicKey: both.target.publicKey });
    expect(await readdir(addresses())).toEqual(['hv-b.json']);
    expect(JSON.parse(await readFile(join(addresses(), 'hv-b.json'), 'utf8'))).toEqual(
      target.registration,
    );
  });

  it('is unknown in words when nobody ever registered', async () => {
    expect(await codeOf(where(undefined))).toBe('registration-malformed');
  });
});

it('a peer that hangs up or is silent counts as unreachable', async () => {
  await target[Symbol.asyncDispose]();
  const asking = {
    identity: both.source,
    records: records({ 'registrations/hv-b': target.registration }),
    addresses: addresses(),
    patienceSeconds: 0,
  };
  expect(await codeOf(peerOf(both.opened, 'm1', asking).tell(intent()))).toBe('peer-unreachable');
});

it('a peer whose own store is away could not answer, and this one has no outage', async () => {
  const registration = records({ 'registrations/hv-b': target.registration });
  const asking = { identity: both.source, records: registration, addresses: addresses() };
  const unseen = peerOf(both.opened, 'm7', { ...asking, patienceSeconds: 0 });
  const error = await unseen.facts().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'peer-unreachable', facts: { reason: 'store-unreachable' } });
});

describe('the fence of a restore', () => {
  let source: AnsweringHost;
  const restore = () => {
    const plan = restorePlanOf({ vm: both.opened.plan.vm });
    return restoreOf(both.opened.parties, plan);
  };
  const step = { step: 'makeSureLost', move: 'run' } as const;
  const approval = (users = ['U1', 'U2']): Written => {
    const { planHash } = restore();
    return ['bot', { kind: 'approved', approval: 'restore', planHash, users, expiresAt: 2e12 }];
  };
  const begun: Written = ['target', { kind: 'started', ...step }];
  const notRun = (): Written => {
    const problem = { code: 'start-failed', facts: {} };
    return ['target', { kind: 'failed', ...step, outcome: 'roll back', problem }];
  };
  /** What the store says; the host itself has seen the opening alone. */
  const says = (...written: readonly Written[]): void => {
    const signers = { bot: both.bot, source: both.source, target: both.target };
    const entries = journalOf([['bot', restore()], ...written], { operation: 'm2', signers });
    source.journals.set(
      'm2',
      entries.map((entry) => ({ ...entry, at: 1 })),
    );
  };
  const asked = (question: string, { as = both.target, operation = 'm2' } = {}) => {
    const { address } = source.listening;
    const peer = { address, publicKey: both.source.publicKey };
    const asking = { identity: as, peer, timeoutSeconds: 5 };
    return ask(asking, question, { operation, epoch: 3 });
  };

  beforeEach(async () => {
    source = await answering(both, both.source);
    await source.memory.remember('m1', both.entries());
    source.vm = vmFacts({ state: 'Off' });
    says();
  });
  afterEach(async () => {
    await source[Symbol.asyncDispose]();
  });

  it('is set by the approval that this host has read itself, and taken back with the restore', async () => {
    says(approval(), begun);
    await asked('fence');
    expect(source.acts).toEqual(['Nothing m2 3', 'fence m2 3']);
    says(approval(), begun, notRun());
    await asked('unfence');
    expect(source.acts.slice(2)).toEqual(['unfence m2 3', 'StartIfRunning m2 3']);
  });

  it('is not taken from a VM that somebody has started meanwhile', async () => {
    says(approval(), begun, notRun());
    source.vm = vmFacts();
    await asked('unfence');
    expect(source.acts).toEqual([]);
  });

  it('is refused before it is approved, once it is rolled back, and of anything but a restore', async () => {
    const refused = 'restore-not-approved';
    expect(await codeOf(asked('fence'))).toBe(refused);
    says(approval(), begun);
    expect(await codeOf(asked('unfence'))).toBe(refused);
    says(approval(), begun, notRun());
    expect(await codeOf(asked('fence'))).toBe(refused);
    source.journals.set('m1', both.entries([approved(['U1', 'U2'], both.opened.planHash)]));
    expect(await codeOf(asked('fence', { operation: 'm1' }))).toBe(refused);
    expect(source.acts).toEqual([]);
  });

  it('is refused where one person alone has approved it', async () => {
    says(approval(['U1']), begun);
    expect(await codeOf(asked('fence'))).toBe('approval-too-few');
    expect(source.acts).toEqual([]);
  });

  it('is refused to anybody but the other party', async () => {
    says(approval(), begun);
    for (const as of [both.stranger, both.source]) {
      expect(await codeOf(asked('fence', { as }))).toMatch(/^peer-|^question-from-stranger/);
    }
    expect(source.acts).toEqual([]);
  });

  it('is not set where the store cannot be read: only its journal says who approved', async () => {
    await source.memory.remember('m2', source.journals.get('m2') ?? []);
    source.journals.delete('m2');
    expect(await codeOf(asked('fence'))).toBe('restore-cannot-fence');
    expect(source.acts).toEqual([]);
  });
});
