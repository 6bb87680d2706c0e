/**
 * The outside witness: it numbers the guests' records, and acknowledges each only once it stands in
 * its own flushed log. What it acknowledged is what the guest was promised.
 */

import { type FileHandle, open } from 'node:fs/promises';
import { witnessFile } from '../hosts/lab/layout.ts';
import { type LineSession, serveLines } from '../hosts/lab/lines.ts';
import { writeJson } from '../hosts/lab/state.ts';
import type { Hello, WitnessReply, WitnessRequest } from '../hosts/lab/witness-client.ts';
import {
  readWitnessLog,
  type WitnessLine,
  type WitnessTally,
  witnessLogFile,
} from './witness-log.ts';

export interface Witness extends AsyncDisposable {
  readonly port: number;
}

/** Listens on loopback and writes its port into the lab's `witness.json`. */
export async function startWitness(dir: string): Promise<Witness> {
  const tally = await readWitnessLog(dir);
  await using stack = new AsyncDisposableStack();
  const log = stack.use(await FlushedLog.open(witnessLogFile(dir)));
  await log.append({ event: 'witness started', at: Date.now() });
  tally.add({ event: 'witness started', at: Date.now() });
  const ledger = new Ledger(log, tally);
  const server = await serveLines({ host: '127.0.0.1', port: 0 }, () => ledger.session());
  stack.defer(() => server.close());
  await writeJson(witnessFile(dir), { port: server.port, pid: process.pid });
  const open = stack.move();
  return { port: server.port, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

class Ledger {
  readonly #log: FlushedLog;
  readonly #tally: WitnessTally;
  readonly #talks = new Set<Hello>();
  /** The highest number given out, by VM. */
  readonly #given = new Map<string, number>();

  constructor(log: FlushedLog, tally: WitnessTally) {
    this.#log = log;
    this.#tally = tally;
  }

  session(): LineSession {
    let talk: Hello | undefined;
    return {
      reply: async (request) => {
        const asked = request as WitnessRequest;
        if ('hello' in asked) {
          talk = asked.hello;
          this.#talks.add(talk);
          await this.#write({ event: 'hello', ...talk });
          return this.#next(talk);
        }
        if (talk === undefined) throw new Error('A guest says hello first');
        await this.#acknowledge(talk, asked);
        return this.#next(talk);
      },
      closed: () => {
        if (talk) this.#talks.delete(talk);
      },
    };
  }

  async #acknowledge(
    talk: Hello,
    { written, at }: { readonly written: number; readonly at: number },
  ): Promise<void> {
    const { vm, host } = talk;
    // Still writing after another guest of this VM had booted: that is no restart.
    const later = [...this.#talks].filter(
      (other) => other !== talk && other.vm === vm && talk.at < other.at && other.at < at,
    );
    if (later.length > 0) {
      const hosts = [host, ...later.map((other) => other.host)];
      await this.#write({ event: 'split brain', vm, hosts, at: Date.now() });
    }
    await this.#write({ vm, host, number: written, at: Date.now() });
  }

  #next({ vm, highest }: Hello): WitnessReply {
    const given = this.#given.get(vm) ?? Math.max(this.#tally.get(vm).highest, highest);
    this.#given.set(vm, given + 1);
    return { next: given + 1 };
  }

  async #write(line: WitnessLine): Promise<void> {
    await this.#log.append(line);
    this.#tally.add(line);
  }
}

/** Appends resolve when they are on storage; those that wait together share one flush. */
class FlushedLog implements AsyncDisposable {
  readonly #file: FileHandle;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** A line that a kill cut short is ended, so that it spoils no other. */
  static async open(path: string): Promise<FlushedLog> {
    const file = await open(path, 'a+');
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    if (size > 0 && last.toString() !== '\n') await file.write('\n');
    return new FlushedLog(file);
  }

  append(line: WitnessLine): Promise<void> {
    this.#waiting.push(`${JSON.stringify(line)}\n`);
    this.#next ??= this.#flushAfter(this.#writing);
    return this.#next;
  }

  async #flushAfter(before: Promise<void> | undefined): Promise<void> {
    await before;
    this.#writing = this.#next;
    this.#next = undefined;
    const lines = this.#waiting.join('');
    this.#waiting = [];
    await this.#file.write(lines);
    await this.#file.datasync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#next ?? this.#writing);
    await this.#file.close();
  }
}
