import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LinkKeys } from '../../src/stream/link.ts';
import type { Identity } from '../../src/trust/identity.ts';
import type { Said, SideSettings } from './side.ts';

const SIDE = join(import.meta.dirname, 'side.ts');

/** Two processes that are killed and started again, and the relay between them. */
export class Pair {
  readonly #settings: SideSettings;
  readonly #random: () => number;
  #source: ChildProcess | undefined;
  #target: ChildProcess | undefined;
  #port = 0;
  kills = 0;
  readonly sent = Promise.withResolvers<Extract<Said, { said: 'sent' }>>();

  constructor(settings: SideSettings, random: () => number) {
    this.#settings = settings;
    this.#random = random;
  }

  get port(): number {
    return this.#port;
  }

  async startSource(): Promise<void> {
    const child = fork(SIDE, ['source', JSON.stringify({ ...this.#settings, port: this.#port })]);
    this.#source = child;
    const listening = Promise.withResolvers<void>();
    child.on('message', (said: Said) => {
      if (said.said === 'listening') {
        this.#port = said.port;
        listening.resolve();
      } else if (said.said === 'sent') this.sent.resolve(said);
      else if (said.said === 'problem') this.sent.reject(new Error(JSON.stringify(said)));
    });
    child.once('exit', () => listening.resolve());
    await listening.promise;
  }

  startTarget(port: number): void {
    const settings = { ...this.#settings, port };
    const child = fork(SIDE, ['target', JSON.stringify(settings)]);
    this.#target = child;
    child.on('message', (said: Said) => {
      if (said.said !== 'problem' || said.code === 'peer-unreachable') return;
      this.sent.reject(new Error(JSON.stringify(said)));
    });
  }

  /** Kills one side without warning, and starts it again. */
  async killOne(port: number): Promise<void> {
    this.kills += 1;
    if (this.#random() < 0.5) {
      await kill(this.#source);
      await this.startSource();
    } else {
      await kill(this.#target);
      this.startTarget(port);
    }
  }

  /** Also one that was killed comes back with what is on its disk alone. */
  async killBoth(): Promise<void> {
    this.kills += 1;
    // The source first: a target must not end a round that it has whole.
    await kill(this.#source);
    await kill(this.#target);
  }

  async end(): Promise<void> {
    await Promise.all([kill(this.#source), kill(this.#target)]);
  }
}

export const keysOf = ({ certificatePem, privateKeyPem }: Identity): LinkKeys => {
  return { certificatePem, privateKeyPem };
};

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
