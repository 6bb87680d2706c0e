/** Embedded instances: the text in which WMI methods take their settings (CIM-XML, DSP0201). */

import { declaredTypes } from '../enums.ts';

export interface Embedded {
  readonly className: string;
  readonly properties: ReadonlyMap<string, EmbeddedValue>;
}

export type EmbeddedValue = string | number | boolean | readonly string[];

export type EmbeddedFault = 'no instance' | 'other class' | 'no such property' | 'wrong type';

const INSTANCE = /^\s*<INSTANCE\b[^>]*\bCLASSNAME="(\w+)"[^>]*>([\s\S]*)<\/INSTANCE>\s*$/;
const PROPERTY = /<PROPERTY(\.ARRAY)?\b([^>]*?)(?:\/>|>([\s\S]*?)<\/PROPERTY(?:\.ARRAY)?>)/g;
const VALUE = /<VALUE>([\s\S]*?)<\/VALUE>/g;
/** What a text may be that comes over the wire at all. */
const TEXT_LENGTH_MAX = 512 * 1024;

/** One of the expected class, each property of the type that the class declares. */
export function readEmbedded(text: string, className: string): Embedded | EmbeddedFault {
  const [, found = '', body = ''] = INSTANCE.exec(text.slice(0, TEXT_LENGTH_MAX)) ?? [];
  if (found === '') return 'no instance';
  if (found !== className) return 'other class';
  const types = declaredTypes(className);
  const properties = new Map<string, EmbeddedValue>();
  for (const [, array, attributes = '', content = ''] of body.matchAll(PROPERTY)) {
    const name = attribute(attributes, 'NAME');
    const type = attribute(attributes, 'TYPE') + (array === undefined ? '' : '[]');
    const declared = types.get(name);
    if (declared === undefined) return 'no such property';
    if (declared !== type) return 'wrong type';
    const values = [...content.matchAll(VALUE)].map(([, value = '']) => plain(value));
    const value = valueAs(type, values);
    if (value === undefined) return 'wrong type';
    if (value !== null) properties.set(name, value);
  }
  return { className, properties };
}

const attribute = (attributes: string, name: string): string =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';

/** `null` for a property without a value; `undefined` for a value that is none of its type. */
function valueAs(type: string, values: readonly string[]): EmbeddedValue | null | undefined {
  if (type.endsWith('[]')) return values;
  const [value] = values;
  if (value === undefined) return null;
  if (type === 'boolean')
    return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : undefined;
  if (!type.startsWith('uint')) return value;
  const bits = Number(type.slice('uint'.length));
  const number = Number(value);
  return /^\d+$/.test(value) && number < 2 ** bits ? number : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
};

const plain = (text: string): string =>
  text.replace(/&(#x?[\da-f]+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return String.fromCodePoint(code);
  });
