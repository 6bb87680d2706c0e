/** The data of the doubles, as the tests read it: independently of the PowerShell that makes functions of it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const setsSchema = z.record(z.string(), z.string());
const cmdletSchema = z.strictObject({
  /** The parameter set that is taken where several fit. */
  default: z.string().optional(),
  /** A line for each, as `Get-Command -Syntax` writes it; `*` where a cmdlet has one without a name. */
  sets: setsSchema,
  /** How a parameter takes pipeline input; where sets differ, by set. */
  pipeline: z
    .record(
      z.string(),
      z.union([z.enum(['value', 'name', 'both']), z.record(z.string(), z.literal('value'))]),
    )
    .optional(),
  aliases: z.record(z.string(), z.array(z.string())).optional(),
  /** Parameters that take an empty value, or null. */
  empty: z.array(z.string()).optional(),
  values: z.record(z.string(), z.array(z.string())).optional(),
  range: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
  /** It asks before it acts, unless it is forced. */
  asks: z.literal(true).optional(),
  compiled: z.literal(true).optional(),
  /** The sets of releases that lack the parameter `without`. */
  older: z.strictObject({ without: z.string(), default: z.string(), sets: setsSchema }).optional(),
});
export type Cmdlet = z.infer<typeof cmdletSchema>;
const fileSchema = z.strictObject({
  /** Its cmdlets obey their caller's `$ErrorActionPreference`; functions of script modules do not see it. */
  compiled: z.literal(true).optional(),
  cmdlets: z.record(z.string(), cmdletSchema),
});

const folder = join(import.meta.dirname, 'cmdlets');
export const MODULE_PATH = join(import.meta.dirname, 'Modules');

/** Module -> cmdlet -> what it takes. */
export function readCmdlets(): Map<string, Map<string, Cmdlet>> {
  return new Map(
    readdirSync(folder).map((module) => {
      const files = readdirSync(join(folder, module)).map((name) =>
        fileSchema.parse(JSON.parse(readFileSync(join(folder, module, name), 'utf8'))),
      );
      return [module, new Map(files.flatMap(({ cmdlets }) => Object.entries(cmdlets)))];
    }),
  );
}

const oldSchema = z.looseObject({ lacks: z.looseObject({ cmdlets: z.array(z.string()) }) });

/** The cmdlets that an old module (`Hyper-V-1.1`) has not. */
export function lackedBy(module: string): readonly string[] {
  const file = join(import.meta.dirname, 'releases', `${module}.json`);
  return oldSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).lacks.cmdlets;
}

const PARAMETER = /\[*-\w+\]?(?: <[^>]+>)?\]?/g;
/** What PowerShell 7 calls the types of 5.1, and .NET what the data calls by its short name. */
const NAMES_IN_7: Readonly<Record<string, string>> = {
  uint16: 'ushort',
  uint32: 'uint',
  uint64: 'ulong',
  int16: 'short',
  object: 'Object',
  ciminstance: 'CimInstance',
};

/** The parameters of a syntax line: those with a place in their order, then the others by name. */
export function parametersOf(line: string): string[] {
  const all = [...line.matchAll(PARAMETER)].map(([text]) =>
    text.replace(/<(\w+)/, (_, name: string) => `<${NAMES_IN_7[name] ?? name}`),
  );
  const placed = all.filter((text) => /-\w+\] </.test(text));
  return [...placed, ...all.filter((text) => !placed.includes(text)).sort()];
}
