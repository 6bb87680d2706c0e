/** Two processes with a stream between them, as two workers have it: TLS on a connection that stays. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openChain } from '../../../src/disks/chain.ts';
import type { NewCopy } from '../../../src/stream/copy-store.ts';
import type { Address, LinkKeys } from '../../../src/stream/link.ts';
import { newTicket } from '../../../src/stream/ticket.ts';
import { loadOrCreateIdentity } from '../../../src/trust/identity.ts';

const SIDE = join(import.meta.dirname, 'open-stream-side.ts');

export interface Settings {
  /** Its own. */
  readonly directory: string;
  readonly identity: LinkKeys;
  readonly ticket: string;
  readonly copy: NewCopy;
  /** Whom the target dials. */
  readonly address?: Address;
  readonly publicKey?: string;
}

export interface Order {
  readonly number: number;
  readonly leaf: string;
  readonly above?: string | undefined;
}

export type Said = { readonly address: Address } | Sent;

export interface Sent {
  readonly seconds: number;
  readonly bytesSent: number;
}

export interface OpenStream extends AsyncDisposable {
  /** The copy's disk. */
  readonly file: string;
  /**
   * Sends the disk, or what of it lies above a file of its chain, until it is committed and verified.
   * Seconds from the order to the commit.
   */
  round(leaf: string, above?: string): Promise<number>;
  /** The same, with what it sent. */
  send(leaf: string, above?: string): Promise<Sent>;
  /** Of both processes since they began: read from /proc. */
  cpuSeconds(): Promise<number>;
}

export async function openStream(directory: string, disk: string): Promise<OpenStream> {
  const identity = await loadOrCreateIdentity(join(directory, 'identity'), 'bench');
  const shared = { identity, ticket: newTicket(), copy: await copyOf(disk) };
  const source = start('source', { ...shared, directory: join(directory, 'source') });
  const said = await heard(source);
  if (!('address' in said)) throw new Error('The source does not listen');
  const at = { address: said.address, publicKey: identity.publicKey };
  const target = start('target', { ...shared, ...at, directory: join(directory, 'target') });
  let number = 0;
  const send = async (leaf: string, above?: string): Promise<Sent> => {
    source.send({ number, leaf, above } satisfies Order);
    number += 1;
    const done = await heard(source);
    if (!('seconds' in done)) throw new Error('The source listens again');
    return done;
  };
  return {
    file: join(directory, 'target/copy/disks/0.vhdx'),
    send,
    round: async (leaf, above) => (await send(leaf, above)).seconds,
    async cpuSeconds() {
      const both = await Promise.all([source, target].map(({ pid = 0 }) => cpuOf(pid)));
      return both.reduce((sum, one) => sum + one, 0);
    },
    async [Symbol.asyncDispose]() {
      const ended = [source, target].map((child) => once(child, 'exit'));
      for (const child of [source, target]) child.disconnect();
      await Promise.all(ended);
    },
  };
}

async function copyOf(disk: string): Promise<NewCopy> {
  await using reader = await openChain(disk);
  const { virtualBytes, logicalSectorBytes, diskId, base } = reader;
  const shape = { disk: 'disk', virtualBytes, logicalSectorBytes, diskId, ...base };
  return { vm: { id: 'b', name: 'bench' }, host: 'here', operation: 'bench', disks: [shape] };
}

function start(side: 'source' | 'target', settings: Settings): ChildProcess {
  return fork(SIDE, [side, JSON.stringify(settings)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
}

/** @throws {Error} when it ends instead: what is wrong stands on stderr */
async function heard(child: ChildProcess): Promise<Said> {
  const gone = new AbortController();
  const ended = once(child, 'exit', { signal: gone.signal }).then(() => {
    throw new Error('A side of the stream ended');
  });
  ended.catch(() => undefined);
  try {
    const [said] = await Promise.race([once(child, 'message', { signal: gone.signal }), ended]);
    return said as Said;
  } finally {
    gone.abort();
  }
}

/** proc(5): utime and stime are the 14th and 15th field of `stat`, in hundredths of a second. */
async function cpuOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
