/** The types of the doubles' modules (`types/*.json`): what answers may hold. */

import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const classSchema = z.looseObject({
  base: z.string().optional(),
  properties: z.array(z.string()).default([]),
  open: z.boolean().default(false),
  bases: z.array(z.string()).default([]),
});
type ClassShape = z.infer<typeof classSchema>;
const classesSchema = z.record(z.string(), classSchema).default({});
const typesSchema = z.looseObject({
  groups: z.array(
    z.looseObject({
      enums: z.record(z.string(), z.record(z.string(), z.int())).default({}),
      classes: classesSchema,
      cim: classesSchema,
    }),
  ),
});

const enums = new Map<string, Readonly<Record<string, number>>>();
const classes = new Map<string, ClassShape>();

const folder = new URL('../types/', import.meta.url);
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const { groups } = typesSchema.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  for (const group of groups) {
    for (const [name, members] of Object.entries(group.enums)) enums.set(name, members);
    for (const [name, shape] of Object.entries({ ...group.classes, ...group.cim })) {
      classes.set(name, shape);
    }
  }
}

export interface EnumValue {
  readonly $enum: string;
  readonly value: number;
}

function membersOf(name: string): Readonly<Record<string, number>> {
  const members = enums.get(name);
  if (members === undefined) throw new RangeError(`There is no enum ${name}`);
  return members;
}

/** @throws {RangeError} for a name that the enum has not */
export function enumValue(name: string, member: string): EnumValue {
  const value = membersOf(name)[member];
  if (value === undefined) throw new RangeError(`${name} has no ${member}`);
  return { $enum: name, value };
}

/** A parameter as its member's name, whichever way it was written; `undefined` if it is none. */
export function memberOf(name: string, given: unknown): string | undefined {
  const bare =
    typeof given === 'object' && given !== null && 'value' in given ? given.value : given;
  for (const [member, value] of Object.entries(membersOf(name))) {
    if (value === bare || member.toLowerCase() === String(bare).toLowerCase()) return member;
  }
  return undefined;
}

/** The properties that an answer may give to a class; `undefined` where it may give any. */
export function propertiesOf(name: string): ReadonlySet<string> | undefined {
  const properties = new Set<string>();
  // CIM classes that the data does not name take anything.
  if (!classes.has(name) && name.includes('_')) return undefined;
  for (let next: string | undefined = name; next !== undefined; ) {
    const shape = classes.get(next);
    if (shape === undefined) throw new RangeError(`There is no class ${next}`);
    if (shape.open) return undefined;
    for (const word of shape.properties.join(' ').split(' ')) {
      // An alias (`VMId=Id`) is no property of its own.
      if (word !== '' && !word.includes('=')) properties.add(word.split(':')[0] ?? '');
    }
    next = shape.base;
  }
  return properties;
}

/** Property -> type of a class that declares both; without those whose type is not declared. */
export function declaredTypes(name: string): ReadonlyMap<string, string> {
  const shape = classes.get(name);
  if (shape === undefined) throw new RangeError(`There is no class ${name}`);
  const words = shape.properties.join(' ').split(' ');
  const pairs = words.map((word) => word.split(':') as [string, string | undefined]);
  return new Map(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** Whether instances of this class are also of that one. */
export const isOfClass = (name: string, wanted: string): boolean =>
  [name, ...(classes.get(name)?.bases ?? [])].some(
    (each) => each.toLowerCase() === wanted.toLowerCase(),
  );
