/** A cmdlet's parameters as they came over the wire. */

import { z } from 'zod';
import { memberOf } from './enums.ts';

const objectSchema = z.looseObject({
  $type: z.string(),
  $id: z.string().optional(),
  ComputerName: z.string().nullish(),
});
export type GivenObject = z.infer<typeof objectSchema>;

export class Parameters {
  readonly #given: ReadonlyMap<string, unknown>;

  constructor(given: Readonly<Record<string, unknown>>) {
    // PowerShell does not tell `-vm` from `-VM`.
    this.#given = new Map(
      Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]),
    );
  }

  names(): string[] {
    return [...this.#given.keys()];
  }

  raw(name: string): unknown {
    return this.#given.get(name.toLowerCase()) ?? undefined;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  list(name: string): readonly unknown[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    return Array.isArray(value) ? value : [value];
  }

  texts(name: string): string[] {
    return this.list(name).map(textOf);
  }

  text(name: string): string | undefined {
    return this.texts(name)[0];
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : z.coerce.number().parse(text);
  }

  /** A switch, or a boolean: absent is false. */
  flag(name: string): boolean {
    const value = this.raw(name);
    return value === true || String(value).toLowerCase() === 'true';
  }

  bool(name: string): boolean | undefined {
    return this.has(name) ? this.flag(name) : undefined;
  }

  member(name: string, of: string): string | undefined {
    return this.has(name) ? memberOf(of, this.raw(name)) : undefined;
  }

  objects(name: string): GivenObject[] {
    return this.list(name).map((each) => objectSchema.parse(each));
  }
}

/** Objects stand for what they name: a Guid or a VM's name. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { Name, Guid, value: bare } = value as Record<string, unknown>;
  return String(Name ?? Guid ?? bare ?? JSON.stringify(value));
}

const ESCAPES = /[.*+?^${}()|[\]\\]/g;

/** Whether a PowerShell wildcard (`*`, `?`, `[ab]`, backtick before a literal) matches. */
export function isLike(text: string, pattern: string): boolean {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at] ?? '';
    const end = sign === '[' ? pattern.indexOf(']', at + 1) : -1;
    if (sign === '`' && at + 1 < pattern.length) {
      at += 1;
      source += (pattern[at] ?? '').replace(ESCAPES, '\\$&');
    } else if (end > at) {
      source += `[${pattern.slice(at + 1, end).replace(/[\\^\]]/g, '\\$&')}]`;
      at = end;
    } else if (sign === '*') source += '.*';
    else if (sign === '?') source += '.';
    else source += sign.replace(ESCAPES, '\\$&');
  }
  return new RegExp(`^${source}$`, 'is').test(text);
}

export const hasWildcard = (pattern: string): boolean => /(?<!`)[*?[]/.test(pattern);
