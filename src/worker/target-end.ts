/** The target's end of the stream and the copies on its disks, as the steps see them. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { VolumeFacts } from '../domain/host.ts';
import type { OpenedCopying } from '../domain/journal.ts';
import { Problem, Verdict } from '../domain/problem.ts';
import { orAbsent } from '../hosts/files.ts';
import type { Logger } from '../log.ts';
import type { Session, TargetCopies } from '../migration/ports.ts';
import type { Records } from '../store/store.ts';
import { placesIn } from '../stream/copy-records.ts';
import { type CopyStore, createCopy, openCopy } from '../stream/copy-store.ts';
import { dial } from '../stream/link.ts';
import { type Receiver, startReceiving } from '../stream/receiver.ts';
import type { Identity } from '../trust/identity.ts';
import { discardHalf, isInside, placeOf } from './copy-place.ts';
import { type KeptDefinition, readDefinition, writeDefinition } from './definitions.ts';
import type { LeftBehind } from './left-behind.ts';
import { writeDurably } from './notebook.ts';
import { whereIs } from './peer.ts';
import { roomFor } from './room.ts';
import { turns } from './turns.ts';

export interface TargetEnd extends TargetCopies {
  keepDefinition(operation: string, definition: KeptDefinition): Promise<void>;
  /** Receives again what was being received before this worker restarted. */
  goOn(operation: string, opened: OpenedCopying): Promise<void>;
  stop(): Promise<void>;
}

export interface TargetOptions {
  readonly directory: string;
  /** Copies lie under one of these folders; a plan that names another place is refused. */
  readonly roots: () => Promise<readonly string[]>;
  readonly host: string;
  readonly identity: Identity;
  readonly records: Records;
  readonly addresses: string;
  readonly log: Logger;
  /** What moved VMs left here: a VM that comes back begins from it. */
  readonly left: Pick<LeftBehind, 'lend'>;
  /** This host's own, as they are now. */
  readonly volumes: () => Promise<readonly VolumeFacts[]>;
}

const sessionFileSchema = z.object({ ticket: z.string(), copy: z.string() });

interface Active {
  readonly copy: CopyStore;
  readonly receiver: Receiver;
}

export function targetEnd(options: TargetOptions): TargetEnd {
  const { directory, identity, log } = options;
  const active = new Map<string, Active>();
  // A step and the sweep may both begin to receive; two receivers would write into one copy.
  const inTurn = turns();
  const placing = turns();
  const fileOf = (operation: string, name: string) => join(directory, operation, name);
  const receive = async (
    operation: string,
    opened: OpenedCopying,
    copy: CopyStore,
    ticket: string,
  ) => {
    if (active.has(operation)) return;
    const { address, publicKey } = await whereIs(options, opened.parties.source);
    const receiver = startReceiving({
      session: { operation, address, publicKey, ticket },
      identity,
      copy,
      dial,
      onProgress: () => undefined,
      onProblem: (problem) => log.warn({ operation, problem: problem.message }, 'receiving'),
      checkRoom: roomFor(copy.directory, options),
    });
    active.set(operation, { copy, receiver });
  };
  const sessionOf = async (operation: string) => {
    const text = await readFile(fileOf(operation, 'receive.json'), 'utf8').catch(orAbsent);
    return text === undefined ? undefined : sessionFileSchema.parse(JSON.parse(text));
  };
  const copyOf = async (operation: string): Promise<CopyStore | undefined> => {
    const running = active.get(operation);
    if (running) return running.copy;
    const session = await sessionOf(operation);
    return session ? await openCopy(session.copy) : undefined;
  };
  const stopReceiving = async (operation: string): Promise<CopyStore | undefined> => {
    const copy = await copyOf(operation);
    await active.get(operation)?.receiver[Symbol.asyncDispose]();
    active.delete(operation);
    return copy;
  };
  const forget = (operation: string) =>
    rm(join(directory, operation), { recursive: true, force: true });
  return {
    async create(opened, session, { operation }, signal) {
      const wanted = copyFor(opened, session, options.host, operation);
      // It may read for long: other operations go on meanwhile, and no two write the same digests.
      const copyDirectory = await placing(() =>
        placeOf(opened.plan, wanted, { ...options, signal }),
      );
      await inTurn(async () => {
        const copy = await createCopy(copyDirectory, wanted);
        await mkdir(join(directory, operation), { recursive: true, mode: 0o700 });
        const text = JSON.stringify({ ticket: session.ticket, copy: copyDirectory });
        await writeDurably(fileOf(operation, 'receive.json'), text);
        await receive(operation, opened, copy, session.ticket);
      });
    },
    goOn: (operation, opened) =>
      inTurn(async () => {
        if (active.has(operation)) return;
        const session = await sessionOf(operation);
        const copy = session ? await openCopy(session.copy) : undefined;
        if (session && copy) await receive(operation, opened, copy, session.ticket);
      }),
    settle: (operation) =>
      inTurn(async () => {
        const copy = await stopReceiving(operation);
        await copy?.discardUncommitted();
        await discardHalf(await options.roots(), operation);
        await forget(operation);
      }),
    hold: (vmId, planned, { operation }) =>
      inTurn(async () => {
        const { folder } = planned;
        const inUse = [...active].find(([, { copy }]) => copy.directory === folder);
        const facts = { vm: vmId, host: options.host, folder };
        if (inUse) throw new Problem('copy-in-use', { ...facts, by: inUse[0] });
        const roots = await options.roots();
        const isOurs = roots.some((root) => isInside(root, folder));
        const copy = isOurs ? await openCopy(folder) : undefined;
        const held = await copy?.read();
        if (!copy || !held || held.vm.id !== vmId) throw new Problem('copy-unknown', facts);
        const { round, committedAt } = planned;
        const isSame =
          held.operation === planned.operation &&
          held.round === round &&
          held.committedAt === committedAt;
        if (!isSame) throw new Problem('copy-changed', facts);
        if (!(await readDefinition(placesIn(folder).definition))) {
          throw new Problem('copy-without-definition', facts);
        }
        await copy.save({ ...copy.session, operation });
        await mkdir(join(directory, operation), { recursive: true, mode: 0o700 });
        const text = JSON.stringify({ ticket: '', copy: folder });
        await writeDurably(fileOf(operation, 'receive.json'), text);
        return held;
      }),
    async keepDefinition(operation, definition) {
      // What says what must be known of the VM is for whoever has the copy alone, perhaps much later.
      const copy = definition.about ? await copyOf(operation) : undefined;
      const file = copy
        ? placesIn(copy.directory).definition
        : fileOf(operation, 'definition.json');
      await writeDefinition(file, definition);
    },
    async definition(operation) {
      const own = await readDefinition(fileOf(operation, 'definition.json'));
      if (own) return own;
      const copy = await copyOf(operation);
      return copy && (await readDefinition(placesIn(copy.directory).definition));
    },
    async disks(operation) {
      const copy = await copyOf(operation);
      return copy?.session.disks.map(({ disk, path }) => ({ disk, path })) ?? [];
    },
    async read(operation) {
      return await (await copyOf(operation))?.read();
    },
    handedToVm: (operation) =>
      inTurn(async () => {
        const copy = await stopReceiving(operation);
        await copy?.release();
        await forget(operation);
      }),
    stop: () =>
      inTurn(async () => {
        for (const operation of [...active.keys()]) await stopReceiving(operation);
      }),
  };
}

function copyFor(opened: OpenedCopying, session: Session, host: string, operation: string) {
  const { plan } = opened;
  const planned = new Map(plan.disks.map((disk) => [disk.id, disk]));
  const disks = session.disks.map((shape) => {
    const { disk, virtualBytes } = shape;
    const found = planned.get(disk);
    if (found === undefined) throw new Verdict('stream-disk-unknown', { disk });
    const { targetPath: path, virtualBytes: plannedBytes } = found;
    // A guest of Hyper-V may have written to what a VHD of Virtual PC has behind its geometry.
    if (virtualBytes !== plannedBytes)
      throw new Verdict('disk-size-disputed', {
        disk,
        host: plan.source,
        plannedBytes,
        virtualBytes,
      });
    return { ...shape, path };
  });
  return { vm: opened.plan.vm, host, operation, disks };
}
