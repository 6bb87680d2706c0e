/** A bot on a real store with real keys and a real memory; its hosts' workers answer as told. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { spokenFor } from '../../src/bot/fleet/align.ts';
import { knownHosts } from '../../src/bot/hosts.ts';
import type { Inspected } from '../../src/bot/looks.ts';
import { type OperationsOptions, operationsOf } from '../../src/bot/operations.ts';
import { type Entry, entryHash, type Opened, openedOf, vmClaim } from '../../src/domain/journal.ts';
import { Problem, type ProblemRecord } from '../../src/domain/problem.ts';
import type { Operations } from '../../src/slack/ports.ts';
import { openStore } from '../../src/store/open.ts';
import type { Claims, Store } from '../../src/store/store.ts';
import { signRegistration } from '../../src/trust/enrolment.ts';
import { enrolmentCode, type Identity, loadOrCreateIdentity } from '../../src/trust/identity.ts';
import { openMemory } from '../../src/trust/memory.ts';
import { signEntry } from '../../src/trust/signatures.ts';
import { appendSigned, signingJournal } from '../../src/worker/journal.ts';
import { rememberedOpen } from '../../src/worker/remembered.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { dropNamespace, freshNamespace, storeUrl } from '../store/server.ts';
import type { Written } from '../trust/journal-fixture.ts';

export const HOSTS = ['hv-a', 'hv-b', 'hv-c'] as const;
export type HostName = (typeof HOSTS)[number];

export interface World {
  readonly directory: string;
  readonly url: string;
  readonly namespace: string;
  readonly store: Store;
  readonly bot: Identity;
  readonly workers: Readonly<Record<HostName, Identity>>;
  readonly options: OperationsOptions;
  readonly operations: Operations;
  /** What each host's worker answers; a host that is not in it is silent. */
  readonly looks: Map<string, (vm: string) => Promise<Inspected>>;
  readonly woken: string[];
  /** The bot after a restart, with other ports where the test says so. */
  again(changes?: Partial<OperationsOptions>): Operations;
  /** Proposes dc02 from hv-a to hv-b and returns the operation. */
  opened(): Promise<string>;
  /** Appends entries, each signed by its author's own key. */
  write(operation: string, written: readonly Written[], claims?: Claims): Promise<Entry[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface WorldOptions {
  /** Of another store than the run's. */
  readonly url?: string;
  readonly approversNeeded?: number;
  /** For processes, which know only one. */
  readonly namespace?: string;
}

export const dc02 = vmFacts();

export async function openWorld({
  url = storeUrl(),
  approversNeeded = 1,
  namespace = freshNamespace(),
}: WorldOptions = {}): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'ferry-bot-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const store = await openStore(url, { namespace });
  stack.defer(() => dropNamespace(url, namespace));
  stack.use(store);
  const identity = (name: string) => loadOrCreateIdentity(join(directory, name), name);
  const bot = await identity('bot');
  const workers = {
    'hv-a': await identity('hv-a'),
    'hv-b': await identity('hv-b'),
    'hv-c': await identity('hv-c'),
  };
  const looks: World['looks'] = new Map();
  const woken: string[] = [];
  const options = optionsOf({ directory, store, bot, looks, woken, approversNeeded });
  const operations = operationsOf(options);
  const world: Omit<World, typeof Symbol.asyncDispose> = {
    directory,
    url,
    namespace,
    store,
    bot,
    workers,
    options,
    operations,
    looks,
    woken,
    again: (changes = {}) => operationsOf({ ...options, ...changes }),
    async opened() {
      const wish = { vm: 'dc02', target: 'hv-b', user: 'UASKS', channel: 'C1' };
      const proposed = await operations.propose(wish);
      if ('operation' in proposed) return proposed.operation;
      throw new Error(`Refused: ${JSON.stringify(proposed.refused)}`);
    },
    write: (operation, written, claims) => write(world, operation, { written, claims }),
  };
  for (const host of ['hv-a', 'hv-b'] as const) await enrol(world, host);
  answerAsUsual(looks);
  const open = stack.move();
  return Object.assign(world, { [Symbol.asyncDispose]: () => open.disposeAsync() });
}

interface Made extends Pick<World, 'directory' | 'store' | 'bot' | 'looks' | 'woken'> {
  readonly approversNeeded: number;
}

function optionsOf({ directory, store, bot, looks, woken, approversNeeded }: Made) {
  const memory = openMemory(join(directory, 'memory'));
  const silent = async (host: string) => {
    throw new Problem('worker-silent', { queue: `host-${host}`, timeoutSeconds: 10 });
  };
  return {
    journal: signingJournal({
      store: store.journal,
      identity: bot,
      botFingerprint: bot.fingerprint,
      roleIn: () => 'bot' as const,
    }),
    store: store.journal,
    records: store.records,
    identity: bot,
    memory,
    remembered: rememberedOpen(memory),
    spoken: spokenFor(),
    standing: async () => ({ name: 'bot-server', bot: [], store: [] }),
    onForged: (problem: ProblemRecord) => {
      throw new Problem(problem.code, problem.facts);
    },
    wake: async (operation: string) => {
      woken.push(operation);
    },
    hosts: () => knownHosts(store.records, bot),
    inspect: (host: string, vm: string) => looks.get(host)?.(vm) ?? silent(host),
    /** As fast as the disks are assumed to be. */
    measure: async () => 125e6,
    pauseSecondsMax: 60,
    approversNeeded,
    twoPersons: false,
    doctor: async () => [],
    copiesOn: async () => [],
    logLines: () => ['{"msg":"a line"}'],
  };
}

/** dc02 runs on hv-a; hv-b is empty. */
function answerAsUsual(looks: World['looks']): void {
  looks.set('hv-a', async (vm) => ({
    host: hostFacts('hv-a', { vms: [dc02] }),
    ...(vm === dc02.name ? { vm: dc02 } : {}),
  }));
  looks.set('hv-b', async () => ({ host: hostFacts('hv-b') }));
}

type Enrolling = Pick<World, 'store' | 'workers' | 'operations'>;

export async function register({ store, workers }: Enrolling, host: HostName): Promise<void> {
  const address = { host: '127.0.0.1', port: 7420 };
  await store.records.put(`registrations/${host}`, signRegistration(workers[host], address));
}

export async function enrol(world: Enrolling, host: HostName): Promise<void> {
  await register(world, host);
  await world.operations.enroll(host, enrolmentCode(world.workers[host].publicKey), 'UADMIN');
}

async function write(
  { store, bot, workers }: Pick<World, 'store' | 'bot' | 'workers'>,
  operation: string,
  { written, claims }: { written: readonly Written[]; claims: Claims | undefined },
): Promise<Entry[]> {
  const entries = await store.journal.read(operation);
  for (const [author, body] of written) {
    const opened = entries.length > 0 ? openedOf(entries) : (body as Opened);
    const all: readonly Identity[] = [bot, ...Object.values(workers)];
    const identity = all.find(({ publicKey }) => publicKey === opened.parties[author].publicKey);
    if (!identity) throw new Error(`Nobody here is the ${author} of ${operation}`);
    const signing = { store: store.journal, identity };
    const result = await appendSigned(signing, { operation, entries, author, body }, claims);
    if (result.result !== 'appended') throw new Error(`Not appended: ${result.result}`);
    entries.push(result.entry);
  }
  return entries;
}

/** A second migration in it, of another VM. */
export async function openAnother({ looks, operations }: World): Promise<string> {
  const other = vmFacts({ id: 'other', name: 'sql01' });
  looks.set('hv-a', async () => ({ host: hostFacts('hv-a', { vms: [other] }), vm: other }));
  const wish = { vm: 'sql01', target: 'hv-b', user: 'U1', channel: 'C1' };
  const proposed = await operations.propose(wish);
  return 'operation' in proposed ? proposed.operation : '';
}

/** An entry in the author's name, signed by a host that has no part in it; the store takes it. */
export async function forge(
  { store, workers }: World,
  operation: string,
  [author, body]: Written,
): Promise<void> {
  const entries = await store.journal.read(operation);
  const last = entries.at(-1);
  const place = { operation, position: entries.length + 1, previous: last ? entryHash(last) : '' };
  const entry = signEntry(workers['hv-c'], { ...place, author, body });
  expect((await store.journal.append(entry)).result).toBe('appended');
}

/** The code of the Problem that it ends with. */
export async function codeOf(running: Promise<unknown>): Promise<string> {
  return (await problemOf(running)).code;
}

export async function problemOf(running: Promise<unknown>): Promise<Problem> {
  try {
    await running;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It ended well');
}

/** The authors and kinds of a journal, one word each. */
export const kindsOf = (entries: readonly Entry[]): string[] =>
  entries.map(({ body }) => body.kind);

export const holderOf = (world: World): Promise<string | undefined> =>
  world.store.journal.holder(vmClaim(dc02.id));
