/** The questions that hosts ask each other: their forms, and this host's answers. */

import { z } from 'zod';
import type { HostFacts } from '../domain/host.ts';
import type { Opened, Side, Token } from '../domain/journal.ts';
import { Problem, Verdict } from '../domain/problem.ts';
import { readJournal } from '../migration/advance.ts';
import { answerOf } from '../migration/answer.ts';
import type { PeerAnswer, Session, StepPorts } from '../migration/ports.ts';
import { stateOf } from '../migration/state.ts';
import { stepsOf } from '../migration/steps.ts';
import { intentSchema, type Memory } from '../trust/memory.ts';
import { aboutSchema, type KeptDefinition } from './definitions.ts';

const operationSchema = z.object({ operation: intentSchema.shape.operation });
const fenceSchema = operationSchema.extend({ epoch: z.int().nonnegative() });
const DEFINITION_BYTES_MAX = 64 * 2 ** 20;
const handOverSchema = operationSchema.extend({
  vmId: z.string(),
  /** Of this part in the whole. */
  offset: z.int().nonnegative(),
  length: z.int().nonnegative().max(DEFINITION_BYTES_MAX),
  bytes: z.base64(),
  /** With the last part, of a VM whose copy is kept. */
  about: aboutSchema.exactOptional(),
});
/** Bytes of the whole, from its beginning on. */
export const handedSchema = z.object({ have: z.int().nonnegative() });
export const answerSchema = z.object({
  startSeen: z.boolean(),
  vm: z.enum(['running', 'off, fenced', 'off, free', 'absent']),
});
export const sessionSchema = z.object({
  ticket: z.string(),
  disks: z.array(
    z.object({
      disk: z.string(),
      virtualBytes: z.number(),
      logicalSectorBytes: z.number(),
      diskId: z.string(),
      format: z.enum(['vhdx', 'vhd']).optional(),
      type: z.enum(['fixed', 'dynamic']).optional(),
      blockBytes: z.number().optional(),
      physicalSectorBytes: z.number().optional(),
    }),
  ),
});
export const copySchema = z
  .object({
    vm: z.object({ id: z.string(), name: z.string() }),
    host: z.string(),
    operation: z.string(),
    round: z.int(),
    committedAt: z.number(),
    disks: z.array(
      z.object({
        disk: z.string(),
        path: z.string(),
        virtualBytes: z.number(),
        digest: z.string(),
      }),
    ),
  })
  .nullable();

export interface Asked {
  readonly publicKey: string;
}

export interface Answering {
  readonly ports: StepPorts;
  readonly memory: Memory;
  readonly publicKey: string;
  /** The verified opening of an operation, from memory or from the store. */
  readonly opened: (operation: string) => Promise<Opened>;
  readonly facts: (operation: string) => Promise<HostFacts>;
  readonly session: (operation: string) => Promise<Session>;
  readonly keepDefinition: (operation: string, definition: KeptDefinition) => Promise<void>;
}

type Handler = (body: unknown, peer: Asked) => Promise<unknown>;

/** Only the other party of the operation gets an answer. */
export function answersOf(answering: Answering): Record<string, Handler> {
  const { ports, memory } = answering;
  /** Definitions of which parts are still to come, by operation. */
  const handed = new Map<string, Buffer>();
  const from = async (operation: string, peer: Asked): Promise<Opened> => {
    const opened = await answering.opened(operation);
    const other = opened.parties[otherSide(sideOf(opened, answering.publicKey))];
    if (other.publicKey === peer.publicKey) return opened;
    throw new Verdict('question-from-stranger', { operation });
  };
  return {
    async tell(body, peer) {
      const intent = parse('tell', intentSchema, body);
      const opened = await from(intent.operation, peer);
      // A host speaks for its own side alone.
      if (sideOf(opened, peer.publicKey) !== intent.from) throw malformed('tell');
      // Flushed first: from here on this host knows, whatever happens to the other one.
      await memory.rememberIntent(intent);
      return await answerTo(answering, opened, intent.operation);
    },
    async facts(body, peer) {
      const { operation } = parse('facts', operationSchema, body);
      await from(operation, peer);
      return await answering.facts(operation);
    },
    async copy(body, peer) {
      const { operation } = parse('copy', operationSchema, body);
      await from(operation, peer);
      return (await ports.copies.read(operation)) ?? null;
    },
    async handOver(body, peer) {
      const { operation, vmId, offset, length, bytes, about } = parse(
        'handOver',
        handOverSchema,
        body,
      );
      const opened = await from(operation, peer);
      if (opened.plan.vm.id !== vmId) throw malformed('handOver');
      const before = offset === 0 ? Buffer.alloc(0) : handed.get(operation);
      if (before?.length !== offset) return { have: before?.length ?? 0 };
      const whole = Buffer.concat([before, Buffer.from(bytes, 'base64')]);
      if (whole.length > length) throw malformed('handOver');
      handed.set(operation, whole);
      if (whole.length < length) return { have: whole.length };
      handed.delete(operation);
      const definition = { vmId, bytes: whole, ...(about ? { about } : {}) };
      await answering.keepDefinition(operation, definition);
      return { have: length };
    },
    async fence(body, peer) {
      const { operation, epoch } = parse('fence', fenceSchema, body);
      const source = { ...answering, opened: await from(operation, peer) };
      await inRestore(source, { operation, epoch }, 'fence');
      return {};
    },
    async unfence(body, peer) {
      const { operation, epoch } = parse('unfence', fenceSchema, body);
      const source = { ...answering, opened: await from(operation, peer) };
      await inRestore(source, { operation, epoch }, 'unfence');
      return {};
    },
    async session(body, peer) {
      const { operation } = parse('session', operationSchema, body);
      await from(operation, peer);
      return await answering.session(operation);
    },
  };
}

/**
 * Fences the VM of a restore elsewhere, or takes that back. The asker's word is not enough: people have
 * approved it, or it is rolled back, by the journal that this host reads itself.
 * @throws {Problem} restore-not-approved | restore-cannot-fence
 */
async function inRestore(
  { ports, opened, publicKey }: Omit<Answering, 'opened'> & { readonly opened: Opened },
  token: Token,
  act: 'fence' | 'unfence',
): Promise<void> {
  const { operation } = token;
  const { vm, source, target } = opened.plan;
  const facts = { vm: vm.name, host: source, target, operation };
  const refused = new Verdict('restore-not-approved', facts);
  if (opened.operation !== 'restore' || sideOf(opened, publicKey) !== 'source') throw refused;
  try {
    const entries = await readJournal(operation, ports);
    const { approval, rollingBack } = stateOf(stepsOf(opened), entries);
    if (act === 'fence') {
      if (!approval || rollingBack) throw refused;
      await ports.host.setStartAction(vm.id, 'Nothing', token);
      await ports.host.fence(vm.id, token);
    } else {
      if (!rollingBack) throw refused;
      const here = await ports.host.vm(vm.id);
      if (here?.state !== 'Off') return;
      await ports.host.unfence(vm.id, token);
      await ports.host.setStartAction(vm.id, opened.plan.startAction, token);
    }
  } catch (cause) {
    // Above all its store may be away: that is no outage of the one who asks.
    if (cause instanceof Verdict) throw cause;
    throw new Problem('restore-cannot-fence', facts, { cause });
  }
}

/** @throws {Verdict} question-malformed {question} */
function parse<T>(question: string, schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw malformed(question);
}

const malformed = (question: string): Verdict => new Verdict('question-malformed', { question });

/** On which side of an operation the holder of this key is. */
export function sideOf(opened: Opened, publicKey: string): Side {
  if (opened.parties.source.publicKey === publicKey) return 'source';
  if (opened.parties.target.publicKey === publicKey) return 'target';
  throw new Problem('not-a-party', { vm: opened.plan.vm.name });
}

export const otherSide = (side: Side): Side => (side === 'source' ? 'target' : 'source');

async function answerTo(
  { ports, memory, publicKey }: Answering,
  opened: Opened,
  operation: string,
): Promise<PeerAnswer> {
  const { id } = opened.plan.vm;
  const found = await ports.host.vm(id);
  const fenced = found && (await ports.host.isFenced(id).catch(orUnknown));
  const seen = await memory.seen(operation);
  // Unregistered between the two looks: it is as absent as one that was never there.
  const vm = fenced === undefined ? undefined : found;
  const side = sideOf(opened, publicKey);
  return answerOf({ opened, side, seen, vm, fenced: fenced === true });
}

function orUnknown(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'vm-unknown') return undefined;
  throw error;
}
