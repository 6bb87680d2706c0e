/** Both hosts of one signed operation, each with its own disk, and a link that answers questions. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry, OpenedMigration, Party, Token } from '../../src/domain/journal.ts';
import { planHash } from '../../src/domain/plan.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { StepPorts } from '../../src/migration/ports.ts';
import type { Store } from '../../src/store/store.ts';
import { type Listening, listen } from '../../src/stream/link.ts';
import { questionServer } from '../../src/stream/questions.ts';
import { type Registration, signRegistration } from '../../src/trust/enrolment.ts';
import { type Identity, loadOrCreateIdentity } from '../../src/trust/identity.ts';
import { type Memory, openMemory } from '../../src/trust/memory.ts';
import { signingJournal } from '../../src/worker/journal.ts';
import { answersOf } from '../../src/worker/questions.ts';
import { trustOf } from '../../src/worker/trust.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { journalOf, opening, type Written } from '../trust/journal-fixture.ts';

export interface Parties extends AsyncDisposable {
  readonly directory: string;
  readonly bot: Identity;
  readonly source: Identity;
  readonly target: Identity;
  readonly stranger: Identity;
  readonly opened: OpenedMigration;
  /** This operation's entries, each signed by its author. */
  entries(written?: readonly Written[]): Entry[];
}

export async function parties(vm = vmFacts()): Promise<Parties> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-parties-'));
  const identity = (name: string) => loadOrCreateIdentity(join(directory, name, 'identity'), name);
  const [bot, source, target, stranger] = await Promise.all(
    ['bot', 'hv-a', 'hv-b', 'hv-x'].map(identity),
  );
  if (!bot || !source || !target || !stranger) throw new Error('An identity is missing');
  const plan = { ...opening.plan, vm: { id: vm.id, name: vm.name } };
  const party = ({ name, publicKey }: Identity) => ({ name, publicKey });
  const opened: OpenedMigration = {
    ...opening,
    plan,
    planHash: planHash(plan),
    parties: { bot: party(bot), source: party(source), target: party(target) },
  };
  const signers = { bot, source, target };
  return {
    directory,
    bot,
    source,
    target,
    stranger,
    opened,
    entries: (written = []) =>
      journalOf([['bot', opened], ...written], { signers }).map((entry) => ({ ...entry, at: 1 })),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

export interface AnsweringHost extends AsyncDisposable {
  readonly listening: Listening;
  readonly memory: Memory;
  readonly registration: Registration;
  /** Names of the questions that ended with a bug. */
  readonly bugs: string[];
  vm: VmFacts | undefined;
  fenced: boolean | 'unregistered meanwhile';
  /** Of the host, in their order. */
  readonly acts: string[];
  /** What the store has, by operation; the store is away for any other. */
  readonly journals: Map<string, Entry[]>;
  /** What it was handed over last. */
  definition: { vmId: string; bytes: Uint8Array } | undefined;
}

/** A worker's link as `main.ts` wires it; the host and the store are told what to say. */
export async function answering(
  { directory, bot }: Parties,
  identity: Identity,
  changes: { readonly memory?: Partial<Memory>; readonly enrolled?: readonly Party[] } = {},
): Promise<AnsweringHost> {
  const bugs: string[] = [];
  const acts: string[] = [];
  const journals = new Map<string, Entry[]>();
  const memory: Memory = {
    ...openMemory(join(directory, identity.name, 'memory')),
    ...changes.memory,
  };
  const host: Pick<AnsweringHost, 'vm' | 'fenced' | 'definition'> = {
    vm: undefined,
    fenced: false,
    definition: undefined,
  };
  const isFenced = async () => {
    if (host.fenced === 'unregistered meanwhile') throw new Problem('vm-unknown', {});
    return host.fenced;
  };
  const away = async (): Promise<never> => {
    throw new Problem('store-unreachable', { url: 'postgres://gone' });
  };
  const verified = signingJournal({
    store: {} as Store['journal'],
    identity,
    botFingerprint: bot.fingerprint,
    roleIn: () => 'source',
  });
  const act = (name: string) => async (_vm: string, token: Token) => {
    acts.push(`${name} ${token.operation} ${token.epoch}`);
  };
  const steps = {
    host: {
      vm: async () => host.vm,
      isFenced,
      fence: act('fence'),
      unfence: act('unfence'),
      setStartAction: (vm: string, action: string, token: Token) => act(action)(vm, token),
    },
    copies: { read: async () => undefined },
    memory,
    journal: {
      read: async (operation: string) => journals.get(operation) ?? (await away()),
      verify: (entries: readonly Entry[]) => verified.verify(entries),
    },
  } as unknown as StepPorts;
  const store = { journal: { open: away } } as unknown as Store;
  const enrolled = async () => changes.enrolled ?? [];
  const trust = trustOf({ steps, memory, store, identity, enrolled });
  const answers = answersOf({
    ports: steps,
    memory,
    publicKey: identity.publicKey,
    opened: trust.opened,
    facts: async () => hostFacts(identity.name),
    session: away,
    keepDefinition: async (_, definition) => {
      host.definition = definition;
    },
  });
  const listening = await listen({
    identity,
    host: '127.0.0.1',
    port: 0,
    isKnown: trust.isKnown,
    onStream: (socket) => socket.destroy(),
    onQuestion: questionServer(answers, (question) => bugs.push(question)),
    onRefused: () => undefined,
  });
  return Object.assign(host, {
    listening,
    memory,
    bugs,
    acts,
    journals,
    registration: signRegistration(identity, listening.address),
    [Symbol.asyncDispose]: () => listening.close(),
  });
}
