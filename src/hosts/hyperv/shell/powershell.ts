/**
 * The channel to PowerShell on this host: one process for questions, which take turns, and one for each
 * running effect. A process that hung or died is replaced at the next call.
 */

import { basename } from 'node:path';
import { Problem } from '../../../domain/problem.ts';
import { type Call, Shell, type ShellOptions } from './shell.ts';
import { within } from './within.ts';

/** Questions that wait for their turn. */
const WAITING_MAX = 200;
/** More than hosts allow moves, storage moves and ends of merges at a time. */
const EFFECTS_MAX = 16;
/** Kept for the next effect, which then need not wait for PowerShell's start. */
const IDLE_MAX = 1;
const GRACE_SECONDS = 10;

export class PowerShell {
  readonly #options: ShellOptions;
  /** Ends when the last question has ended. */
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;
  #questions: Shell | undefined;
  readonly #idle: Shell[] = [];
  readonly #acting = new Set<Shell>();
  readonly #calls = new Set<Promise<unknown>>();
  #closed = false;

  constructor(options: ShellOptions) {
    this.#options = options;
  }

  /**
   * Runs a script that changes nothing. Questions run one after the other.
   * @throws Problem as `Shell.run`, and `powershell-busy`, `powershell-closed`
   */
  ask<T>(script: string, given: object, call: Call<T>): Promise<T> {
    return this.#tracked(script, () => this.#ask(script, given, call));
  }

  /**
   * Runs a script with an effect, in a process of its own. At its limit or an abort the process is
   * killed, but what it has asked Windows to do may go on: look before acting again.
   * @throws Problem as `ask`
   */
  act<T>(script: string, given: object, call: Call<T>): Promise<T> {
    return this.#tracked(script, () => this.#act(script, given, call));
  }

  /** No more calls; running ones get `graceSeconds` to end, then their processes are killed. */
  async close(graceSeconds = GRACE_SECONDS): Promise<void> {
    this.#closed = true;
    const ended = Promise.allSettled([...this.#calls]);
    const late = () => new Error('late');
    await within(ended, { milliseconds: graceSeconds * 1000, late }).catch(async () => {
      for (const shell of [this.#questions, ...this.#acting]) shell?.kill();
      await ended;
    });
    await Promise.all([this.#questions, ...this.#idle].map(async (shell) => shell?.close()));
  }

  async #tracked<T>(script: string, begin: () => Promise<T>): Promise<T> {
    this.#refuseClosed(script);
    const running = begin();
    this.#calls.add(running);
    try {
      return await running;
    } finally {
      this.#calls.delete(running);
    }
  }

  async #ask<T>(script: string, given: object, call: Call<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX) throw this.#busy(script, { waiting: WAITING_MAX });
    const deadline = performance.now() + call.timeoutSeconds * 1000;
    const seconds = call.timeoutSeconds;
    const { promise: mine, resolve: end } = Promise.withResolvers<void>();
    const turn = this.#turn;
    this.#turn = turn.then(() => mine);
    this.#waiting += 1;
    try {
      const late = () => this.#busy(script, { seconds });
      await within(turn, { milliseconds: seconds * 1000, late, signal: call.signal });
      const timeoutSeconds = Math.max(0, deadline - performance.now()) / 1000;
      return await this.#question(script).run(script, given, { ...call, timeoutSeconds });
    } finally {
      this.#waiting -= 1;
      end();
    }
  }

  #question(script: string): Shell {
    this.#refuseClosed(script);
    if (!this.#questions?.usable) {
      void this.#questions?.close(); // Nobody waits for its end: it may have hung.
      this.#questions = new Shell(this.#options);
    }
    return this.#questions;
  }

  async #act<T>(script: string, given: object, call: Call<T>): Promise<T> {
    if (this.#acting.size >= EFFECTS_MAX) throw this.#busy(script, { waiting: EFFECTS_MAX });
    const shell = this.#takeIdle() ?? new Shell(this.#options);
    this.#acting.add(shell);
    try {
      return await shell.run(script, given, call);
    } finally {
      this.#acting.delete(shell);
      if (shell.usable && this.#idle.length < IDLE_MAX) this.#idle.push(shell);
      else void shell.close(); // Nobody waits for its end: it may have hung.
    }
  }

  #takeIdle(): Shell | undefined {
    const shell = this.#idle.pop();
    return shell?.usable ? shell : undefined;
  }

  #refuseClosed(script: string): void {
    if (this.#closed) throw new Problem('powershell-closed', this.#place(script));
  }

  #busy(script: string, why: { readonly waiting: number } | { readonly seconds: number }): Problem {
    return new Problem('powershell-busy', { ...this.#place(script), ...why });
  }

  #place(script: string) {
    return { host: this.#options.host, script: basename(script, '.ps1') };
  }
}
