/** The fake stream between two hosts, the copies at the target, and the questions between hosts. */

import type { Copy } from '../../src/domain/copy.ts';
import type { Opened } from '../../src/domain/journal.ts';
import { Problem, Verdict } from '../../src/domain/problem.ts';
import { answerOf } from '../../src/migration/answer.ts';
import type {
  OutgoingRound,
  Peer,
  SentRound,
  SourceStream,
  TargetCopies,
} from '../../src/migration/ports.ts';
import { contentOf, DISK } from './disk-chain.ts';
import { factsOf, factsOfVm } from './host.ts';
import { keptOf } from './journals.ts';
import { VM_ID } from './machines.ts';
import type { HostName } from './schedule.ts';
import { type Actor, call, type FakeCopy, type FakeHost, note, pass, type World } from './world.ts';

const SEND_SECONDS = 2;
/** A limited round takes longer, and sees in between what people ask for. */
const LIMITED_SECONDS = 7;
const RETRY_SECONDS = 5;
/** The stream tries for a minute to reach the other end. */
const TRIES_MAX = 12;

const textOf = (bits: bigint): string => bits.toString(16);

/** What runs on the other host, if it can be reached. */
function reach(world: World, name: HostName): Actor {
  const actor = world.actors.get(name);
  if (!world.linkUp || !actor?.alive) throw new Problem('peer-unreachable', { host: name });
  return actor;
}

export function peerPort(world: World, actor: Actor, opened: Opened): Peer {
  const { source, target } = opened.plan;
  const name = (actor.name === source ? target : source) as HostName;
  const host = world.hosts[name];
  const ask = <T>(what: string, act: (there: Actor) => T | Promise<T>): Promise<T> =>
    call(world, { actor, what: `peer.${what}` }, async () => {
      const answer = await act(reach(world, name));
      reach(world, name);
      return answer;
    });
  return {
    facts: () => ask('facts', () => factsOf(world, host)),
    // No schedule loses a host for good, so nothing is restored.
    fence: async () => {
      throw new Problem('restore-not-approved', { host: name });
    },
    unfence: async () => {
      throw new Problem('restore-not-approved', { host: name });
    },
    isUp: async () => true,
    session: () => ask('session', () => ({ ticket: 'secret', disks: [] })),
    copy: (operation) => ask('copy', () => copyOf(host, operation)),
    handOver: (operation) =>
      ask('handOver', () => {
        const copy = host.copies.get(operation);
        if (!copy) throw new Problem('copy-gone', { host: name });
        copy.defined = true;
      }),
    tell: (intent) =>
      ask('tell', async (there) => {
        const kept = keptOf(world, name, intent.operation);
        kept.intents.push(intent);
        note(world, `${name} is told: ${intent.intent}`);
        const side = name === source ? 'source' : 'target';
        await pass(world, there, 1 + world.clock.random(20));
        const vm = host.vm ? factsOfVm(world, host.vm) : undefined;
        const fenced = host.vm?.fenced ?? false;
        return answerOf({ opened, side, seen: kept.seen, vm, fenced });
      }),
  };
}

function copyOf(host: FakeHost, operation: string): Copy | undefined {
  const copy = host.copies.get(operation);
  if (!copy || copy.round < 0) return undefined;
  const disk = { disk: DISK, path: operation, virtualBytes: 1, digest: textOf(copy.bits) };
  const { name, copies: _ } = host;
  const vm = { id: VM_ID, name: 'dc02' };
  return { vm, host: name, operation, round: copy.round, committedAt: 0, disks: [disk] };
}

export function copiesPort(world: World, host: FakeHost, actor: Actor): TargetCopies {
  const ask = <T>(what: string, act: () => T): Promise<T> =>
    call(world, { actor, what: `copies.${what}` }, act);
  return {
    create: ({ plan: _ }, __, { operation, epoch }) =>
      ask('create', () => {
        const copy = host.copies.get(operation) ?? newCopy();
        host.copies.set(operation, { ...copy, receiving: true, epoch });
      }),
    hold: async () => {
      throw new Problem('copy-unknown', { host: host.name });
    },
    settle: (operation) =>
      ask('settle', () => {
        const copy = host.copies.get(operation);
        if (copy) copy.receiving = false;
      }),
    definition: (operation) =>
      ask('definition', () =>
        host.copies.get(operation)?.defined ? { vmId: VM_ID, bytes: new Uint8Array() } : undefined,
      ),
    disks: (operation) => ask('disks', () => [{ disk: DISK, path: operation }]),
    read: (operation) => ask('read', () => copyOf(host, operation)),
    handedToVm: (operation) =>
      ask('handedToVm', () => {
        host.copies.delete(operation);
      }),
  };
}

const newCopy = (): FakeCopy => ({
  bits: 0n,
  round: -1,
  linkage: '',
  receiving: false,
  defined: false,
  epoch: 0,
});

export function streamPort(
  world: World,
  host: FakeHost,
  { actor, targetOf }: { actor: Actor; targetOf: (operation: string) => HostName },
): SourceStream {
  const beliefs = (operation: string): Map<number, bigint> => {
    const known = host.beliefs.get(operation) ?? new Map<number, bigint>();
    host.beliefs.set(operation, known);
    return known;
  };
  return {
    offer: () => call(world, { actor, what: 'stream.offer' }, () => ({ ticketHash: 'hash' })),
    withdraw: () => call(world, { actor, what: 'stream.withdraw' }, () => {}),
    digests: (operation) =>
      call(world, { actor, what: 'stream.digests' }, () => {
        const last = [...beliefs(operation).values()].at(-1) ?? 0n;
        return [{ disk: DISK, digest: textOf(last) }];
      }),
    limit(operation, bytesPerSecondMax) {
      if (bytesPerSecondMax === undefined) host.limited.delete(operation);
      else host.limited.add(operation);
    },
    async send(round, signal) {
      const { operation } = round.token;
      const name = targetOf(operation);
      const target = world.hosts[name];
      const { number } = round.round;
      const payload = isCommitted(target, round) ? 0n : payloadOf(host, round);
      if (!isCommitted(target, round)) {
        const before = round.mode === 'changes' ? (beliefs(operation).get(number - 1) ?? 0n) : 0n;
        beliefs(operation).delete(number);
        beliefs(operation).set(number, before | payload);
      }
      const late = (): void => {
        try {
          commit(world, target, round, payload);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
        }
      };
      const isLimited = () => host.limited.has(operation);
      await transfer(world, { actor, name, isLimited, signal });
      await call(world, { actor, what: 'stream.commit', late }, () =>
        commit(world, target, round, payload),
      );
      return sentRound(round, beliefs(operation).get(number) ?? 0n, target);
    },
  };
}

interface Transfer {
  readonly actor: Actor;
  readonly name: HostName;
  /** A running round sees a new limit. */
  readonly isLimited: () => boolean;
  readonly signal: AbortSignal;
}

async function transfer(world: World, { actor, name, isLimited, signal }: Transfer): Promise<void> {
  await pass(world, actor, SEND_SECONDS * 1000);
  for (let second = SEND_SECONDS; isLimited() && second < LIMITED_SECONDS; second += 1) {
    signal.throwIfAborted();
    await pass(world, actor, 1000);
  }
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted();
    if (world.linkUp && world.actors.get(name)?.alive) return;
    if (tries >= TRIES_MAX) throw new Problem('stream-unreachable', { host: name });
    await pass(world, actor, RETRY_SECONDS * 1000);
  }
}

const linkageOf = ({ round }: OutgoingRound): string => round.disks[0]?.file.linkage ?? '';

/** The same number of other files is another round: what it holds was never sent. */
function isCommitted(target: FakeHost, outgoing: OutgoingRound): boolean {
  const copy = target.copies.get(outgoing.token.operation);
  const { number } = outgoing.round;
  if (!copy || copy.round < number) return false;
  if (copy.round > number) throw new Verdict('stream-round-passed', { number });
  return copy.linkage === linkageOf(outgoing);
}

/** What is read of the frozen files for this mode. */
function payloadOf({ vm }: FakeHost, { round, mode }: OutgoingRound): bigint {
  const path = round.disks[0]?.file.path;
  const index = vm?.chain.findIndex((layer) => layer.path === path) ?? -1;
  const layer = vm?.chain[index];
  if (!vm || !layer) throw new Problem('frozen-file-gone', { path: path ?? '' });
  return mode === 'changes' ? layer.bits : contentOf(vm.chain, index);
}

function commit(world: World, target: FakeHost, round: OutgoingRound, payload: bigint): void {
  const { operation, epoch } = round.token;
  const { number } = round.round;
  const copy = target.copies.get(operation);
  if (!copy?.receiving) throw new Problem('stream-refused', { host: target.name });
  if (epoch < copy.epoch) throw new Problem('epoch-behind', { ...round.token });
  copy.epoch = epoch;
  if (isCommitted(target, round)) return;
  if (round.mode === 'changes' && copy.round !== number - 1) {
    throw new Problem('stream-resync-needed', { round: number, committed: copy.round });
  }
  copy.bits = round.mode === 'changes' ? copy.bits | payload : payload;
  copy.round = number;
  copy.linkage = linkageOf(round);
  note(world, `${target.name} round ${number} of ${operation} committed (${round.mode})`);
}

/** The source's digests follow what it sent, as a real sender's do: it reads only what changed. */
function sentRound({ token, round }: OutgoingRound, content: bigint, target: FakeHost): SentRound {
  const copy = target.copies.get(token.operation);
  const digests = [{ disk: DISK, source: textOf(content), target: textOf(copy?.bits ?? 0n) }];
  const { number } = round;
  const bytes = { bytesRead: 1, bytesSent: 1, bytesCarried: 1 };
  return { number, ...bytes, seconds: SEND_SECONDS, digests };
}
