/** One PowerShell process: one script at a time, each within its limit; distrusted after any doubt. */

import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { z } from 'zod';
import { type Facts, Problem } from '../../../domain/problem.ts';
import { type Place, problemOf } from './failure.ts';
import { Session, type SessionOptions } from './session.ts';
import { type Answer, commandFor, readAnswer } from './wire.ts';
import { within } from './within.ts';

/**
 * What one call may print, answer included: node-powershell keeps all of it in memory, and copies all of
 * it again with each piece that comes.
 */
const OUTPUT_BYTES_MAX = 8 * 2 ** 20;
/** Then a new process takes over, whatever this one has gathered. */
const CALLS_MAX = 2000;
/** Lines of a call's noise that are handed on. */
const NOISE_LINES_MAX = 50;
/** What a Problem quotes of the last things that a process said on its error stream. */
const SAID_LENGTH_MAX = 500;
/** node-powershell's, around each call's output. */
const LIBRARY_MARK = /^[0-9A-Za-z]{16}$/gm;
const EXIT_MILLISECONDS_MAX = 2000;

export interface ShellOptions extends SessionOptions {
  /** Where it runs, for the words of problems. */
  readonly host: string;
  /** Hears warnings, and what programs print beside the answer. */
  readonly onNoise?: (script: string, lines: readonly string[]) => void;
}

/** How to run one script. */
export interface Call<T> {
  /** What its answer must be. */
  readonly schema: z.ZodType<T>;
  /** In all: waiting for its turn, starting PowerShell, and running. */
  readonly timeoutSeconds: number;
  /** Aborting kills this call's process and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

export class Shell {
  readonly #options: ShellOptions;
  readonly #session: Session;
  #trusted = true;
  #flooded = false;
  #calls = 0;
  #printed = 0;
  #said = '';

  /** The process starts; `run` says what went wrong with it. */
  constructor(options: ShellOptions) {
    this.#options = options;
    this.#session = new Session(options);
    const { stdout, stderr } = this.#session.streams;
    stdout.on('data', (text: string) => this.#count(text));
    stderr.on('data', (text: string) => {
      this.#count(text);
      this.#said = (this.#said + text).slice(-SAID_LENGTH_MAX);
    });
    void this.#session.gone.then(() => {
      this.#trusted = false;
    });
  }

  /** Whether another script may run here. */
  get usable(): boolean {
    return this.#trusted && this.#calls < CALLS_MAX;
  }

  /**
   * Runs `script` (a `.ps1` file) with `given` and gives what it answered.
   * @throws Problem `powershell-failed` or the script's own code, with a ScriptError as cause;
   * `powershell-missing`, `powershell-died`, `powershell-timeout`, `powershell-answer`.
   */
  async run<T>(script: string, given: object, call: Call<T>): Promise<T> {
    call.signal?.throwIfAborted();
    const place = { host: this.#options.host, script: basename(script, '.ps1') };
    const answer = await this.#answer(script, given, { ...call, place });
    if (!answer.ok) throw problemOf(place, answer.error);
    const read = call.schema.safeParse(answer.value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const reason = `${issue?.path.join('.')}: ${issue?.message}`;
    throw new Problem('powershell-answer', { ...place, reason }, { cause: read.error });
  }

  async #answer(
    script: string,
    given: object,
    { place, timeoutSeconds, signal }: Omit<Call<unknown>, 'schema'> & { readonly place: Place },
  ): Promise<Answer> {
    const mark = randomBytes(8).toString('hex');
    const seconds = Math.ceil(timeoutSeconds);
    this.#calls += 1;
    this.#printed = 0;
    this.#said = '';
    try {
      const output = await within(this.#invoke(commandFor(script, given, mark)), {
        milliseconds: timeoutSeconds * 1000,
        late: () => new Problem('powershell-timeout', this.#facts(place, { seconds })),
        signal,
      });
      const answer = output && readAnswer(output.stdout, mark);
      if (!answer) throw await this.#unanswered(place);
      this.#noise(place, [...answer.warnings, ...output.stderr.split('\n')]);
      return answer;
    } catch (error) {
      // A limit, an abort, a death, nonsense: nobody knows what this process still does.
      this.kill();
      throw error;
    }
  }

  /** What the command printed; `undefined` when its process is gone, or was not there at all. */
  async #invoke(command: string): Promise<Printed | undefined> {
    try {
      await this.#session.ready;
      const { stdout, stderr } = await this.#session.invoke(command);
      return stdout && { stdout: stdout.toString(), stderr: stderr?.toString() ?? '' };
    } catch {
      // Why is told by `gone`: an error of its own comes from the library only when the process ends.
      return undefined;
    } finally {
      this.#session.history.length = 0; // (8)
    }
  }

  async #unanswered(place: Place): Promise<Problem> {
    const alive = Symbol('alive');
    const gone = await Promise.race([this.#session.gone, Promise.resolve(alive)]);
    if (this.#flooded || gone === alive) {
      const reason = this.#flooded ? `more than ${OUTPUT_BYTES_MAX} bytes` : 'no answer';
      return new Problem('powershell-answer', this.#facts(place, { reason }));
    }
    const options = { cause: gone };
    if (this.#session.child.pid !== undefined) {
      return new Problem('powershell-died', this.#facts(place), options);
    }
    const { executable } = this.#options;
    return new Problem('powershell-missing', { ...place, executable }, options);
  }

  /** Ends the process at once, a running script with it, and lets go of its pipes. */
  kill(): void {
    this.#trusted = false;
    const { child, streams } = this.#session;
    child.kill('SIGKILL');
    // A program that the script started may hold the other ends, and would keep Node from ending.
    for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream.destroy();
  }

  /** For a process without a running script; a process that does not end soon is killed (10). */
  async close(): Promise<void> {
    this.#trusted = false;
    this.#session.dispose().catch(() => undefined); // `gone` tells the same.
    const late = () => new Error('late');
    await within(this.#session.gone, { milliseconds: EXIT_MILLISECONDS_MAX, late }).catch(() =>
      this.kill(),
    );
  }

  #noise({ script }: Place, lines: readonly string[]): void {
    const told = lines.map((line) => line.trim()).filter((line) => line !== '');
    if (told.length > 0) this.#options.onNoise?.(script, told.slice(0, NOISE_LINES_MAX));
  }

  #count(text: string): void {
    this.#printed += text.length;
    if (this.#printed <= OUTPUT_BYTES_MAX || this.#flooded) return;
    this.#flooded = true;
    this.kill();
  }

  #facts(place: Place, more: Facts = {}): Facts {
    return { ...place, ...more, said: this.#said.replaceAll(LIBRARY_MARK, '').trim() };
  }
}
