/**
 * The audit's lines: JSON with a number, and the hash of the line before. Each line also has its own
 * hash, so that a changed one is found itself and not only by its successor. Pure.
 */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../domain/plan.ts';

/** Where the next line goes on; the beginning of all is number 0 with an empty hash. */
export interface Head {
  /** Lines before, over all files. */
  readonly number: number;
  readonly hash: string;
}

export const BEGINNING: Head = { number: 0, hash: '' };

export interface AuditLine {
  readonly number: number;
  /** ISO 8601, the bot's clock. */
  readonly at: string;
  readonly previous: string;
  readonly hash: string;
  readonly [fact: string]: unknown;
}

const lineSchema = z.looseObject({
  number: z.int().positive(),
  at: z.string(),
  previous: z.string(),
  hash: z.string(),
});

/** The next line without its end, and where the one after it goes on. */
export function nextLine(
  content: Readonly<Record<string, unknown>>,
  { head, at }: { head: Head; at: number },
): { text: string; head: Head } {
  const number = head.number + 1;
  // Through JSON once: what is not stored must not be hashed.
  const body: Record<string, unknown> = JSON.parse(
    JSON.stringify({ ...content, number, at: new Date(at).toISOString(), previous: head.hash }),
  );
  const hash = hashOf(body);
  return { text: JSON.stringify({ ...body, hash }), head: { number, hash } };
}

/** A line that is whole and unchanged in itself; `undefined` for anything else. */
export function readLine(text: string): AuditLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const { data } = lineSchema.safeParse(value);
  if (!data) return undefined;
  const { hash, ...body } = data;
  return hash === hashOf(body) ? data : undefined;
}

/** The first bytes of what a crash left are kept for the reader; the hash stands for all. */
const TORN_BYTES_SHOWN = 1000;

/** Marks bytes that are no line: a crash cut them. They stay where they are, in front of this line. */
export function mendingOf(torn: Uint8Array): Readonly<Record<string, unknown>> {
  const shown = Buffer.from(torn.subarray(0, TORN_BYTES_SHOWN)).toString('utf8');
  return { kind: 'mended', tornBytes: torn.length, tornHash: bytesHash(torn), torn: shown };
}

export const bytesHash = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

const hashOf = (body: object): string =>
  createHash('sha256').update(canonicalJson(body)).digest('hex');
