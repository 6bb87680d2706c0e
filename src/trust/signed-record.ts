/** A record that only the bot can have written: the store keeps it, and is not believed. */

import { z } from 'zod';
import { canonicalJson } from '../domain/plan.ts';
import { Verdict } from '../domain/problem.ts';
import { type Signer, sign, verify } from './signatures.ts';

const recordSchema = z.strictObject({ value: z.unknown(), signature: z.string() });
export type SignedRecord = Readonly<z.infer<typeof recordSchema>>;

/** The value under this key: a signature is worth nothing under another one. */
export function signRecord(signer: Signer, key: string, value: unknown): SignedRecord {
  return { value, signature: sign(signer, textOf(key, value)) };
}

/** @throws {Verdict} record-forged {record}, also where its form is another one */
export function verifiedRecord<Value>(
  record: unknown,
  { key, publicKey, schema }: { key: string; publicKey: string; schema: z.ZodType<Value> },
): Value {
  const form = recordSchema.safeParse(record);
  const isSigned =
    form.success && verify(publicKey, textOf(key, form.data.value), form.data.signature);
  const value = isSigned ? schema.safeParse(form.data.value) : undefined;
  if (value?.success) return value.data;
  throw new Verdict('record-forged', { record: key });
}

const textOf = (key: string, value: unknown): string =>
  `ferry record ${key}\n${canonicalJson(value)}`;
