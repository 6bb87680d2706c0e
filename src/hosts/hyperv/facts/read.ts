/** The parts that all answers of the inventory's scripts are made of. */

import { z } from 'zod';
import type { Read } from '../../../domain/hyperv.ts';

const SHOWN_LENGTH_MAX = 200;

/** One question to Windows, as `Read-Fact` answers it. What nobody foresaw loses no other answer. */
export const readOf = <S extends z.ZodType>(value: S) =>
  z
    .union([
      z.object({ value }),
      z.object({ unread: z.string() }),
      z.object({ lacks: z.literal(true) }),
    ])
    .catch(({ input }) => ({ unread: notUnderstood(input) })) as z.ZodType<
    Read<z.output<S>>,
    Read<z.input<S>>
  >;

function notUnderstood(input: unknown): string {
  const text = JSON.stringify(input, (_, each) => (typeof each === 'bigint' ? String(each) : each));
  return `not understood: ${String(text).slice(0, SHOWN_LENGTH_MAX)}`;
}

/** Bytes, or bits a second; beyond 2^53 only nonsense of a driver. Nothing becomes NaN: not read. */
export const amount = z
  .union([z.number(), z.bigint(), z.null()])
  .transform((given) => (given === null ? Number.NaN : Number(given)));

export const texts = z.array(z.string());

/** What the rule makes of the answer; why there is none stays. */
export const mapped = <T, U>(read: Read<T>, rule: (value: T) => U): Read<U> =>
  'value' in read ? { value: rule(read.value) } : read;
