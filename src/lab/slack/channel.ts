/** The channels' messages: in memory, and in a JSONL file when there is a directory. */

import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../domain/problem.ts';
import { type LabMessage, messageSchema } from './message.ts';
import { CHANNEL } from './workspace.ts';

/** The oldest messages are dropped beyond this, so that a lab that runs for weeks stays small. */
const MESSAGES_MAX = 5_000;
/** The file keeps every edit; it is written anew after this many lines. */
const LINES_MAX = 20_000;
const WAITERS_MAX = 1_000;
const MICROSECONDS_PER_SECOND = 1_000_000;
/** Slack's ts differ in the last six digits; a gap leaves them readable. */
const TS_STEP_MICROSECONDS = 100;

export interface Changes {
  readonly version: number;
  readonly messages: readonly LabMessage[];
  /** The ids of people whose modals or Home tab changed. */
  readonly viewsChanged: readonly string[];
}

export type NewMessage = Pick<LabMessage, 'kind' | 'author' | 'text'> &
  Partial<
    Pick<
      LabMessage,
      'channel' | 'blocks' | 'files' | 'threadTs' | 'isBroadcast' | 'metadata' | 'to'
    >
  >;

export type MessageEdit = Partial<Pick<LabMessage, 'text' | 'blocks' | 'metadata' | 'isDeleted'>>;

/** All channels together. Whoever opens it closes it: watchers would wait for ever. */
export class Channel {
  readonly #byTs = new Map<string, LabMessage>();
  /** By user id: the version at which what they see of views last changed. */
  readonly #views = new Map<string, number>();
  readonly #waiters = new Set<() => void>();
  readonly #path: string | undefined;
  #lines = 0;
  #isClosed = false;
  #lastMicroseconds = 0;
  /** Starts at the clock, so that it still grows for a watcher who saw an earlier start. */
  #version = Date.now() * 1_000;

  /** @throws Problem `slack-messages-damaged` when a line of the file is no message */
  constructor(directory?: string) {
    this.#path = directory === undefined ? undefined : join(directory, 'messages.jsonl');
    if (this.#path === undefined) return;
    for (const message of readMessages(this.#path)) this.#keep(message);
    for (const message of this.#byTs.values()) {
      const microseconds = Number(message.ts.replace('.', ''));
      this.#lastMicroseconds = Math.max(this.#lastMicroseconds, microseconds);
    }
    this.#writeAnew(this.#path);
  }

  get version(): number {
    return this.#version;
  }

  /** Every message in the order of their ts, deleted ones included. */
  all(): LabMessage[] {
    return [...this.#byTs.values()];
  }

  find(ts: string): LabMessage | undefined {
    return this.#byTs.get(ts);
  }

  post(message: NewMessage): LabMessage {
    return this.#put({
      blocks: [],
      files: [],
      isBroadcast: false,
      channel: CHANNEL.id,
      ...message,
      ts: this.#nextTs(),
      edits: 0,
      isDeleted: false,
      version: 0,
    });
  }

  edit(message: LabMessage, change: MessageEdit): LabMessage {
    const editedTs = this.#nextTs();
    return this.#put({ ...message, ...change, edits: message.edits + 1, editedTs });
  }

  changesSince(version: number): Changes {
    const messages = this.all().filter((message) => message.version > version);
    const viewsChanged = [...this.#views].flatMap(([user, at]) => (at > version ? [user] : []));
    return { version: this.#version, messages, viewsChanged };
  }

  /** Wakes who follows this person's modals and Home tab. */
  viewsChanged(userId: string): void {
    this.#version += 1;
    this.#views.set(userId, this.#version);
    this.#wakeAll();
  }

  /**
   * The same, once there is a change, after `waitMs` or on abort.
   * @throws Problem `slack-stand-in-unreachable` when the channel is closed
   */
  async nextChanges(version: number, waitMs: number, signal?: AbortSignal): Promise<Changes> {
    const mayWait = this.#waiters.size < WAITERS_MAX && !this.#isClosed && !signal?.aborted;
    if (this.#version <= version && mayWait) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          this.#waiters.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, waitMs);
        signal?.addEventListener('abort', wake);
        this.#waiters.add(wake);
      });
    }
    if (this.#isClosed) {
      throw new Problem('slack-stand-in-unreachable', { url: 'this process: it was stopped' });
    }
    return this.changesSince(version);
  }

  close(): void {
    this.#isClosed = true;
    this.#wakeAll();
  }

  /** Unique and ordered, also after a restart and when the clock is set back. */
  #nextTs(): string {
    const now = Date.now() * 1_000;
    this.#lastMicroseconds = Math.max(now, this.#lastMicroseconds + TS_STEP_MICROSECONDS);
    const seconds = Math.floor(this.#lastMicroseconds / MICROSECONDS_PER_SECOND);
    const rest = this.#lastMicroseconds % MICROSECONDS_PER_SECOND;
    return `${seconds}.${String(rest).padStart(6, '0')}`;
  }

  #put(message: LabMessage): LabMessage {
    const kept = this.#keep(message);
    if (this.#path !== undefined && isPersisted(kept)) {
      appendFileSync(this.#path, `${JSON.stringify(kept)}\n`);
      this.#lines += 1;
      if (this.#lines > LINES_MAX) this.#writeAnew(this.#path);
    }
    this.#wakeAll();
    return kept;
  }

  #keep(message: LabMessage): LabMessage {
    this.#version += 1;
    const kept = { ...message, version: this.#version };
    this.#byTs.set(kept.ts, kept);
    for (const ts of this.#byTs.keys()) {
      if (this.#byTs.size <= MESSAGES_MAX) break;
      this.#byTs.delete(ts);
    }
    return kept;
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  /** Only what is still shown; the rename makes it all or nothing. */
  #writeAnew(path: string): void {
    const kept = this.all().filter((message) => isPersisted(message) && !message.isDeleted);
    const lines = kept.map((message) => `${JSON.stringify(message)}\n`);
    writeFileSync(`${path}.new`, lines.join(''));
    renameSync(`${path}.new`, path);
    this.#lines = lines.length;
  }
}

/** As in Slack, an ephemeral message is gone with the session that saw it. */
const isPersisted = ({ kind }: LabMessage): boolean => kind !== 'ephemeral';

function readMessages(path: string): LabMessage[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  // What follows the last line end is empty, or was cut off by a kill in the middle of a write.
  lines.pop();
  return lines.map((line, index) => {
    const parsed = messageSchema.safeParse(jsonOf(line));
    if (parsed.success) return parsed.data;
    throw new Problem('slack-messages-damaged', { path, line: index + 1 });
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // No JSON is no message: the caller names the line.
    return undefined;
  }
}
