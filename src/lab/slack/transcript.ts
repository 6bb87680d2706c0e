/** The channel as a readable plain-text transcript that grows as the channel changes. */

import type { Writable } from 'node:stream';
import { POLL_MS_MAX, type SlackControl } from './control.ts';
import type { LabMessage } from './message.ts';
import { channelNameOf, fileLine, linesOf, plainOf } from './plain-text.ts';
import { CHANNEL, nameOf } from './workspace.ts';

const EDIT_SECONDS_MIN_DEFAULT = 5;
const NAME_WIDTH = 6;
const THREAD_INDENT = '    ';
/** Older messages are forgotten; an edit of one is then printed whole. */
const REMEMBERED_MAX = 5_000;

/** What people see of a message: its blocks, or its text when it has none. */
export function renderMessage({ kind, blocks, text, files }: LabMessage): string[] {
  if (kind === 'command') return [text];
  if (kind === 'click') return [`clicks [${text}]`];
  const words = text === '' && files.length > 0 ? [] : plainOf(text).split('\n');
  return [...(blocks.length > 0 ? blocks.flatMap(linesOf) : words), ...files.map(fileLine)];
}

export interface TranscriptOptions {
  /** At most one printed edit of a message in this time; what is last is always printed. */
  readonly editSecondsMin?: number;
  /** `now` leaves out what the channel held before. */
  readonly from?: 'start' | 'now';
  readonly signal: AbortSignal;
}

/**
 * Prints new messages whole and of an edit the lines that are new, until `signal` aborts.
 * @throws Problem `slack-stand-in-unreachable`
 */
export async function followTranscript(
  control: Pick<SlackControl, 'changes'>,
  stream: Writable,
  { editSecondsMin = EDIT_SECONDS_MIN_DEFAULT, from = 'start', signal }: TranscriptOptions,
): Promise<void> {
  const transcript = new Transcript((line) => stream.write(`${line}\n`), editSecondsMin * 1_000);
  let { version, messages } = await control.changes(0);
  if (from === 'now') transcript.skip(messages);
  else transcript.show(messages, Date.now());
  while (!signal.aborted) {
    const waitMs = Math.min(transcript.dueInMs(Date.now()), POLL_MS_MAX);
    ({ version, messages } = await changesOrNone(control, { version, waitMs, signal }));
    transcript.show(messages, Date.now());
  }
  transcript.showPending();
}

interface Question {
  readonly version: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

async function changesOrNone(
  control: Pick<SlackControl, 'changes'>,
  { version, waitMs, signal }: Question,
) {
  try {
    return await control.changes(version, waitMs, signal);
  } catch (error) {
    if (signal.aborted) return { version, messages: [] };
    throw error;
  }
}

interface Shown {
  readonly lines: readonly string[];
  readonly atMs: number;
}

/** What was printed of each message, and which edits wait for their turn. */
export class Transcript {
  readonly #shown = new Map<string, Shown>();
  readonly #pending = new Map<string, LabMessage>();
  readonly #print: (line: string) => void;
  readonly #editMsMin: number;

  constructor(print: (line: string) => void, editMsMin: number) {
    this.#print = print;
    this.#editMsMin = editMsMin;
  }

  /** Known, and not printed. */
  skip(messages: readonly LabMessage[]): void {
    for (const message of messages) {
      this.#remember(message, { lines: renderMessage(message), atMs: 0 });
    }
  }

  show(messages: readonly LabMessage[], nowMs: number): void {
    for (const message of messages) {
      if (this.#shown.has(message.ts)) this.#pending.set(message.ts, message);
      else if (!message.isDeleted) this.#showNew(message, nowMs);
    }
    for (const message of [...this.#pending.values()]) {
      const shownAtMs = this.#shown.get(message.ts)?.atMs ?? 0;
      if (nowMs - shownAtMs >= this.#editMsMin) this.#showEdit(message, nowMs);
    }
  }

  /** Milliseconds until the next waiting edit may be printed. */
  dueInMs(nowMs: number): number {
    const dueAtMs = [...this.#pending.keys()].map(
      (ts) => (this.#shown.get(ts)?.atMs ?? 0) + this.#editMsMin,
    );
    return Math.max(Math.min(...dueAtMs) - nowMs, 0);
  }

  /** The last state of everything, whatever the time. */
  showPending(nowMs = Date.now()): void {
    for (const message of [...this.#pending.values()]) this.#showEdit(message, nowMs);
  }

  #showNew(message: LabMessage, nowMs: number): void {
    // What was edited before this message is read before it.
    this.showPending(nowMs);
    const lines = renderMessage(message);
    this.#remember(message, { lines, atMs: nowMs });
    this.#printLines(message, lines, message.to ? ` (to ${nameOf(message.to)})` : '');
  }

  #showEdit(message: LabMessage, nowMs: number): void {
    this.#pending.delete(message.ts);
    const before = this.#shown.get(message.ts)?.lines ?? [];
    const lines = message.isDeleted ? ['(deleted)'] : renderMessage(message);
    const changed = lines.filter((line) => !before.includes(line) && line !== '');
    if (changed.length === 0) return;
    this.#remember(message, { lines, atMs: nowMs });
    this.#printLines(message, changed, ' ~');
  }

  #remember({ ts }: LabMessage, shown: Shown): void {
    this.#shown.set(ts, shown);
    for (const oldest of this.#shown.keys()) {
      if (this.#shown.size <= REMEMBERED_MAX) return;
      this.#shown.delete(oldest);
    }
  }

  #printLines(message: LabMessage, lines: readonly string[], mark: string): void {
    const { ts, author, threadTs, channel } = message;
    const place = channel === CHANNEL.id ? '' : ` in #${channelNameOf(channel)}`;
    const indent = threadTs === undefined ? '' : THREAD_INDENT;
    const head = `${timeOf(ts)}  ${indent}${nameOf(author).padEnd(NAME_WIDTH)}${place}${mark}  `;
    const margin = ' '.repeat(head.length);
    for (const [index, line] of lines.entries()) {
      this.#print(`${index === 0 ? head : margin}${line}`.trimEnd());
    }
  }
}

/** The local time of day of a ts. */
function timeOf(ts: string): string {
  const time = new Date(Number(ts) * 1_000);
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
