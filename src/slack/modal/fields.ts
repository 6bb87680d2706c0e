/** What is filled into the form, and the wish that it makes: the same rules as for typed options. */

import { z } from 'zod';
import type { Words } from '../../texts/words.ts';
import { isValue, OPTIONS, type Option, type OptionName, optionsOf } from '../commands/options.ts';
import type { Wish } from '../ports.ts';
import { cut } from '../views/blocks.ts';

export const FIELD = { vm: 'vm', target: 'target' } as const;
const ERROR_CHARS_MAX = 300;
const VALUE_CHARS_MAX = 150;

/** Ours begin so: what does not is answered as unknown elsewhere. */
export const fieldAction = (field: string): string => `ferry.${field}`;

/** As a person chose and typed it; nothing is checked yet. */
export interface Fields {
  readonly vm?: { readonly host: string; readonly name: string };
  readonly target?: string;
  readonly options: ReadonlyMap<OptionName, string>;
}

export const NO_FIELDS: Fields = { options: new Map() };

/** The volumes are the target's: with another target this is another field, and empty. */
export const blockOf = (option: OptionName, target: string | undefined): string =>
  option === 'volume' ? `volume ${target ?? ''}` : option;

/** The value of a VM's option: names may be the same on two hosts, and hosts' hold no slash. */
export function vmValue(host: string, name: string): string | undefined {
  const value = `${host}/${name}`;
  return value.length > VALUE_CHARS_MAX ? undefined : value;
}

const valueSchema = z.object({
  selected_option: z.object({ value: z.string() }).nullish(),
  value: z.string().max(3000).nullish(),
});
const stateSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** From Slack's `view.state.values`; what is not ours is left out. */
export function readFields(values: unknown): Fields {
  const state = stateSchema.safeParse(values).data ?? {};
  const textIn = (block: string, field = block): string | undefined => {
    const value = valueSchema.safeParse(state[block]?.[fieldAction(field)]).data;
    const text = (value?.selected_option?.value ?? value?.value ?? '').trim();
    return text === '' ? undefined : text;
  };
  const vm = textIn(FIELD.vm);
  const slash = vm?.indexOf('/') ?? -1;
  const target = textIn(FIELD.target);
  const options = OPTIONS.flatMap(({ name }): [OptionName, string][] => {
    const text = textIn(blockOf(name, target), name);
    return text === undefined ? [] : [[name, text]];
  });
  return {
    ...(vm && slash > 0 ? { vm: { host: vm.slice(0, slash), name: vm.slice(slash + 1) } } : {}),
    ...(target === undefined ? {} : { target }),
    options: new Map(options),
  };
}

export type Filled =
  | { readonly wish: Wish }
  /** By block: what is missing or not understood, as plain text. */
  | { readonly errors: Readonly<Record<string, string>> };

/** The wish, or what is wrong with which field. */
export function wishOf({ vm, target, options }: Fields, words: Words): Filled {
  const { needed } = words.plan.modal;
  const wrong = OPTIONS.filter(({ name, value }) => !isValue(value, options.get(name) ?? 'off'));
  const unread = wrong.filter(({ name }) => options.has(name));
  const errors = {
    ...(vm ? {} : { [FIELD.vm]: needed }),
    ...(target === undefined ? { [FIELD.target]: needed } : {}),
    ...Object.fromEntries(
      unread.map((option) => [
        blockOf(option.name, target),
        errorOf(option, options.get(option.name), words),
      ]),
    ),
  };
  if (!vm || target === undefined || unread.length > 0) return { errors };
  return { wish: { vm: vm.name, target, ...optionsOf(options) } };
}

/** The example without its keyword: the field's label says that already. */
export const exampleOf = ({ example, keyword }: Option): string =>
  keyword === undefined ? example : example.slice(keyword.length + 1);

function errorOf(option: Option, typed: string | undefined, { textOf }: Words): string {
  const facts = { value: typed ?? '', example: exampleOf(option) };
  const { text, remedy } = textOf({ code: 'modal-field', facts });
  return cut(`${text} ${remedy}`, ERROR_CHARS_MAX);
}

const FIELD_OF: Readonly<Record<string, (target: string) => string>> = {
  'vm-unknown': () => FIELD.vm,
  'vm-claimed': () => FIELD.vm,
  'left-over-claimed': () => FIELD.target,
  'same-host': () => FIELD.target,
  'host-unknown': () => FIELD.target,
  'host-not-enrolled': () => FIELD.target,
  'host-away': () => FIELD.target,
  'volume-unknown': (target) => blockOf('volume', target),
};

/** The field that a refusal is about; `undefined` where it is about none. */
export const fieldOf = (code: string, target: string): string | undefined =>
  Object.hasOwn(FIELD_OF, code) ? FIELD_OF[code]?.(target) : undefined;
