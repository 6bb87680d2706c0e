/**
 * How questions and answers travel: base64 of JSON, ASCII whatever they hold, with a random mark around
 * the answer. The other half is in `../scripts/invoke.ps1` and `../scripts/wire.psm1`.
 */

import { z } from 'zod';
import { scriptFile } from '../script-file.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const text = (encoded: string): string =>
  `([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${encoded}')))`;

/** One line (1) without any data in it that is not base64 (9, 11). */
export function commandFor(script: string, given: object, mark: string): string {
  const request = base64(requestJson({ script, given }));
  return `& ${text(base64(scriptFile('invoke')))} -Json '${request}' -Mark '${mark}'`;
}

/**
 * Texts get a sign before them: ConvertFrom-Json would take some for dates. What is undefined becomes
 * null: under strict mode a missing field is an error.
 */
function requestJson(request: object): string {
  return JSON.stringify(request, (_, value: unknown) => {
    if (typeof value === 'string') return value.isWellFormed() ? `=${value}` : `~${units(value)}`;
    if (typeof value === 'bigint') return `#${value}`;
    return value === undefined ? null : value;
  });
}

/** The only form in which ConvertFrom-Json leaves half a surrogate pair as it is. */
const units = (text: string): number[] => text.split('').map((unit) => unit.charCodeAt(0));

const factSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.bigint().transform(String),
  z.null().transform(() => 'null'),
]);
const optional = z
  .string()
  .nullish()
  .transform((value) => value || undefined);

/** An error of a script, as `Get-ErrorFact` picks it. */
const errorSchema = z.object({
  message: z.string(),
  /** `0x80070005`: of the exception, or as the message says it. */
  hresult: optional,
  target: optional,
  /** Of PowerShell: `PermissionDenied`. */
  category: optional,
  /** FullyQualifiedErrorId. */
  errorId: optional,
  /** The exception's type. */
  sourceType: optional,
  command: optional,
  /** `move.ps1:12` */
  at: optional,
  /** Of our catalogue, with its facts: the script ended itself by `Stop-Script`. */
  code: optional,
  facts: z.record(z.string(), factSchema).optional(),
  verdict: z.boolean().optional(),
});

export type ScriptErrorFacts = z.infer<typeof errorSchema>;

const warnings = z.array(z.string());
const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown(), warnings }),
  z.object({ ok: z.literal(false), error: errorSchema, warnings }),
]);

export type Answer = z.infer<typeof answerSchema>;

/** `undefined` when the output holds no whole answer with this mark. */
export function readAnswer(output: string, mark: string): Answer | undefined {
  const found = new RegExp(`${mark}:([A-Za-z0-9+/=]*):${mark}`).exec(output)?.[1];
  if (found === undefined) return undefined;
  const json = Buffer.from(found, 'base64').toString();
  return answerSchema.safeParse(JSON.parse(json, exactIntegers)).data;
}

/** Integers beyond 2^53 become bigint instead of a neighbour. */
function exactIntegers(_: string, value: unknown, context?: { readonly source: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(context?.source ?? '') ? BigInt(context?.source ?? '') : value;
}
