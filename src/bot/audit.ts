/**
 * What people did, as files of lines that are chained by their hashes. A line is on disk before the
 * answer is given. Files are rotated, with the chain carried over; the oldest go when there are too
 * many. One process writes: the bot's lock on its folder sees to that.
 */

import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Problem } from '../domain/problem.ts';
import type { Audit, Decision } from '../slack/ports.ts';
import { isMissing, syncDirectory } from '../trust/files.ts';
import { BEGINNING, type Head, mendingOf, nextLine, readLine } from './audit-chain.ts';
import { withoutSecrets } from './secrets.ts';

export const AUDIT_FILE = 'audit.jsonl';
/** `audit-` and the number of its last line, so that names sort as the chain goes. */
const ROTATED = /^audit-\d{12}\.jsonl$/;
/** Together 400 MiB: about a million decisions. */
const FILE_BYTES_MAX = 8 * 2 ** 20;
const FILES_MAX = 50;
/** Longer than any line, and than what a crash leaves of several that were written together. */
const TAIL_BYTES_MAX = 2 ** 20;
const LINES_AT_ONCE_MAX = 100;
const LINE_CHARS_MAX = 8192;
const NEWLINE = 0x0a;

export interface AuditOptions {
  /** One line an event, at the level of an error: nobody would look for it. */
  readonly alarm?: (event: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Told after each write, to be kept elsewhere: a cut end cannot be seen from the files alone. */
  readonly keepHead?: (head: Head) => Promise<void>;
  /** What was kept before this process. */
  readonly keptHead?: () => Promise<Head | undefined>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly fileBytesMax?: number;
  readonly filesMax?: number;
}

interface Waiting {
  readonly decision: Decision;
  readonly at: number;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

export function openAudit(directory: string, options: AuditOptions = {}): Audit {
  const { now = Date.now, alarm = () => undefined, keepHead, keptHead } = options;
  const waiting: Waiting[] = [];
  let end: End | undefined;
  /** What must be in the files: a crash cuts only lines that nobody was answered. */
  let kept: Head | undefined;
  let writing = false;
  const findKept = async (): Promise<Head | undefined> => {
    const found = await keptHead?.().catch((error: unknown) => {
      alarm('audit-head-unknown', { error: String(error) });
      return undefined;
    });
    return found;
  };

  const write = async (some: readonly Waiting[]): Promise<void> => {
    try {
      kept ??= await findKept();
      end = await append(directory, await endOf(directory, end, kept), { some, options });
      kept = end.head;
      for (const one of some) one.written();
    } catch (error) {
      // What is on disk now is found out by the next write.
      end = undefined;
      const problem = unwritable(directory, error);
      alarm(problem.code, { ...problem.facts, lines: some.length });
      for (const one of some) one.failed(problem);
      return;
    }
    if (!keepHead) return;
    await keepHead(end.head).catch((error: unknown) => {
      alarm('audit-head-not-kept', { error: String(error) });
    });
  };
  const writeAll = async (): Promise<void> => {
    writing = true;
    while (waiting.length > 0) await write(waiting.splice(0, LINES_AT_ONCE_MAX));
    writing = false;
  };
  return {
    record: (decision) =>
      new Promise<void>((written, failed) => {
        waiting.push({ decision, at: now(), written, failed });
        // Whoever comes while it writes is taken along by the next write. `write` never rejects.
        if (!writing) void writeAll();
      }),
  };
}

/** The files of the audit, oldest first. */
export async function auditFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(unlessMissing([]));
  const rotated = names.filter((name) => ROTATED.test(name)).toSorted();
  return [...rotated, ...names.filter((name) => name === AUDIT_FILE)].map((name) =>
    join(directory, name),
  );
}

/** Where the newest file ends. */
interface End {
  readonly head: Head;
  /** Lines up to this one were written once, and are not there. */
  readonly missing?: Head;
  readonly bytes: number;
  readonly rest: Rest;
}

/** What a crash left behind the last line: bytes of no line, or a whole line without its end. */
interface Rest {
  readonly torn: Uint8Array;
  readonly isOpen: boolean;
}

const NOTHING: Rest = { torn: new Uint8Array(), isOpen: false };

/** As it was left, unless somebody else touched the file: then it is read again. */
async function endOf(directory: string, known: End | undefined, kept?: Head): Promise<End> {
  const path = join(directory, AUDIT_FILE);
  const bytes = await sizeOf(path);
  if (known && known.bytes === bytes) return known;
  const { head: newest, rest } = await tailOf(path, bytes);
  const head = newest ?? (await headBefore(directory));
  // Somebody moved all files away: the new one goes on where they end.
  if (!head && rest.torn.length === 0) return { head: kept ?? BEGINNING, rest, bytes };
  const found = head ?? BEGINNING;
  const isMissing = kept !== undefined && found.number < kept.number;
  return { head: found, rest, bytes, ...(isMissing ? { missing: kept } : {}) };
}

/** The end of the newest rotated file. */
async function headBefore(directory: string): Promise<Head | undefined> {
  const older = (await auditFiles(directory)).findLast((file) => basename(file) !== AUDIT_FILE);
  if (!older) return undefined;
  const { head } = await tailOf(older, await sizeOf(older));
  if (!head) throw new Problem('audit-damaged', { path: older });
  return head;
}

/** @throws {Problem} audit-damaged {path} when there is much, and none of it is a line */
async function tailOf(path: string, bytes: number): Promise<{ head?: Head; rest: Rest }> {
  if (bytes === 0) return { rest: NOTHING };
  await using file = await open(path, 'r');
  const start = Math.max(0, bytes - TAIL_BYTES_MAX);
  const tail = Buffer.alloc(bytes - start);
  await file.read(tail, 0, tail.length, start);
  // Each turn takes one line away, so the tail's length bounds the loop.
  for (let to = tail.length; to > 0; ) {
    const isOpen = tail[to - 1] !== NEWLINE;
    const last = isOpen ? to - 1 : to - 2;
    // A negative place would be counted from the end.
    const from = last < 0 ? 0 : tail.lastIndexOf(NEWLINE, last) + 1;
    const line = readLine(tail.toString('utf8', from, isOpen ? to : to - 1));
    if (line) {
      const head = { number: line.number, hash: line.hash };
      return { head, rest: { torn: tail.subarray(to), isOpen } };
    }
    to = from;
  }
  if (start > 0) throw new Problem('audit-damaged', { path });
  return { rest: { torn: tail, isOpen: false } };
}

/** One write and one flush for all; a torn end is closed and marked first. */
async function append(
  directory: string,
  end: End,
  { some, options }: { some: readonly Waiting[]; options: AuditOptions },
): Promise<End> {
  const { fileBytesMax = FILE_BYTES_MAX, filesMax = FILES_MAX, now = Date.now } = options;
  const path = join(directory, AUDIT_FILE);
  const { torn, isOpen } = end.rest;
  const isFull = end.bytes >= fileBytesMax && torn.length === 0 && !isOpen;
  if (isFull) await rotate(directory, end.head, filesMax);
  const bytes = isFull ? 0 : end.bytes;
  const parts: string[] = [];
  let { head } = end;
  const add = (content: Readonly<Record<string, unknown>>, at: number): void => {
    const line = nextLine(content, { head, at });
    parts.push(`${line.text}\n`);
    head = line.head;
  };
  const isClosed = torn.at(-1) === NEWLINE;
  if (isOpen || (torn.length > 0 && !isClosed)) parts.push('\n');
  if (torn.length > 0) {
    add(mendingOf(isClosed ? torn : Buffer.concat([torn, Buffer.from('\n')])), now());
  }
  // It goes on, because decisions must be kept; that it was cut is never forgotten.
  if (end.missing) add({ kind: 'cut', wanted: end.missing.number }, now());
  for (const { decision, at } of some) add(contentOf(decision), at);
  const text = Buffer.from(parts.join(''));
  {
    await using file = await open(path, 'a', 0o600);
    await file.writeFile(text);
    await file.datasync();
  }
  if (bytes === 0) await syncDirectory(directory);
  return { head, bytes: bytes + text.length, rest: NOTHING };
}

async function rotate(directory: string, head: Head, filesMax: number): Promise<void> {
  const name = `audit-${String(head.number).padStart(12, '0')}.jsonl`;
  await rename(join(directory, AUDIT_FILE), join(directory, name));
  await syncDirectory(directory);
  const files = await auditFiles(directory);
  const old = files.slice(0, Math.max(0, files.length - filesMax));
  for (const file of old) await rm(file);
}

/** Facts may be long; a line has an end. */
function contentOf(decision: Decision): Readonly<Record<string, unknown>> {
  const content = withoutSecrets(decision);
  if (JSON.stringify(content).length <= LINE_CHARS_MAX) return { kind: 'decision', ...content };
  const { problem, text, ...rest } = content;
  const cut = { ...rest, ...(problem ? { problem: { code: problem.code, facts: {} } } : {}) };
  return { kind: 'decision', ...cut, isCut: true };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(unlessMissing(undefined));
  return found?.size ?? 0;
}

const unlessMissing =
  <Otherwise>(otherwise: Otherwise) =>
  (error: unknown): Otherwise => {
    if (isMissing(error)) return otherwise;
    throw error;
  };

function unwritable(directory: string, cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Problem('audit-unwritable', { path: join(directory, AUDIT_FILE), reason }, { cause });
}
