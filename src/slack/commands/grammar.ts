/**
 * All that can be typed after `/migrate` or a mention. Parser, help, did-you-mean, the modal's
 * fields and `docs/user-guide.md` come from this one table, or are checked against it.
 */

import type { Audience } from '../authority.ts';
import type { Wish } from '../ports.ts';
import {
  ALL_OPTIONS,
  type CommandOption,
  DRAIN_OPTIONS,
  OPTIONS,
  optionsOf,
  TIME_OPTIONS,
  type ValueKind,
} from './options.ts';
import { type Hours, readDuration, readHours, readRate } from './values.ts';
import { asTyped } from './words.ts';

/** What is done with one operation: `vm` is the name of its VM, or its own, for example `m12`. */
export type OperationCommand = 'cancel' | 'pause' | 'resume' | 'retry' | 'rollback' | 'unalign';

/** As they were typed: whose clocks are meant is known by who typed them. */
export interface Times {
  readonly start?: string;
  readonly cutover?: string;
}

export type Command =
  | { readonly name: 'ask' }
  | { readonly name: 'migrate' | 'plan'; readonly wish: Wish; readonly times?: Times }
  | { readonly name: 'status' | 'history'; readonly vm?: string }
  | { readonly name: 'hosts' | 'vms' | 'copies' | 'scheduled' | 'doctor' }
  /** Without hours: none any more. */
  | { readonly name: 'what-if'; readonly host: string }
  | { readonly name: 'window'; readonly host: string; readonly hours?: Hours }
  | { readonly name: OperationCommand; readonly vm: string }
  /** Without a number: no limit. */
  | { readonly name: 'limit'; readonly vm: string; readonly bytesPerSecondMax?: number }
  | {
      readonly name: 'align';
      readonly vm: string;
      readonly target: string;
      readonly everySeconds: number;
      readonly bytesPerSecondMax?: number;
    }
  | {
      readonly name: 'drain';
      readonly host: string;
      readonly target?: string;
      readonly stopOnFailure?: true;
    }
  | { readonly name: 'return'; readonly host: string }
  | { readonly name: 'delete' | 'restore'; readonly vm: string; readonly host: string }
  | { readonly name: 'enroll'; readonly host: string; readonly code: string }
  | { readonly name: 'unenroll'; readonly host: string }
  | { readonly name: 'help'; readonly command?: string };

export type CommandName = Command['name'];

/** A keyword such as `to`; `<vm>` is a value; `[vm]` may be missing; `<code…>` takes the rest. */
type Part = string;
type Values = ReadonlyMap<string, string>;

/** What approvers alone may do is a click. */
export type CommandAudience = Exclude<Audience, 'approver'>;

export interface Rule {
  readonly name: CommandName;
  readonly parts: readonly Part[];
  /** What may follow, in any order. */
  readonly options?: readonly CommandOption[];
  /** In the thread of a migration its VM goes without saying. */
  readonly inThread?: true;
  readonly for: CommandAudience;
  /** As typed after `/migrate`; the guide shows it and a test runs it. */
  readonly example: string;
  readonly make: (values: Values) => Command;
}

const valueIn = (values: Values, name: string): string => values.get(name) ?? '';

const wishOf = (values: Values): Wish => ({
  vm: valueIn(values, 'vm'),
  target: valueIn(values, 'host'),
  ...optionsOf(values),
});

function timesOf(values: Values): { times?: Times } {
  const [start, cutover] = [values.get('at'), values.get('cutover')];
  if (start === undefined && cutover === undefined) return {};
  return {
    times: {
      ...(start === undefined ? {} : { start }),
      ...(cutover === undefined ? {} : { cutover }),
    },
  };
}

const onOperation = (name: OperationCommand, audience: CommandAudience): Rule => ({
  name,
  parts: [name, '<vm>'],
  inThread: true,
  for: audience,
  example: `${name} dc02`,
  make: (values) => ({ name, vm: valueIn(values, 'vm') }),
});

const MOVE_OPTIONS: readonly CommandOption[] = [...OPTIONS, ...TIME_OPTIONS];

/** Keywords come before `<vm> to <host>`, so a VM called "status" can still be moved. */
export const GRAMMAR: readonly Rule[] = [
  {
    name: 'ask',
    parts: [],
    for: 'anyone',
    example: '',
    make: () => ({ name: 'ask' }),
  },
  {
    name: 'plan',
    parts: ['plan', '<vm>', 'to', '<host>'],
    options: MOVE_OPTIONS,
    for: 'viewer',
    example: 'plan dc02 to hv-b limit 50MB/s',
    make: (values) => ({ name: 'plan', wish: wishOf(values), ...timesOf(values) }),
  },
  {
    name: 'status',
    parts: ['status', '[vm]'],
    inThread: true,
    for: 'viewer',
    example: 'status dc02',
    make: (values) => ({ name: 'status', ...vmIn(values) }),
  },
  lists('hosts'),
  lists('vms'),
  {
    name: 'history',
    parts: ['history', '[vm]'],
    for: 'viewer',
    example: 'history dc02',
    make: (values) => ({ name: 'history', ...vmIn(values) }),
  },
  onOperation('cancel', 'operator or approver'),
  onOperation('pause', 'operator or approver'),
  onOperation('resume', 'operator or approver'),
  onOperation('retry', 'operator'),
  onOperation('rollback', 'operator or approver'),
  {
    name: 'limit',
    parts: ['limit', '<vm>', '<rate>|off'],
    inThread: true,
    for: 'operator',
    example: 'limit dc02 50MB/s',
    make: (values) => {
      const bytesPerSecondMax = readRate(valueIn(values, 'rate'));
      const limit = bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax };
      return { name: 'limit', vm: valueIn(values, 'vm'), ...limit };
    },
  },
  {
    name: 'align',
    parts: ['align', '<vm>', 'to', '<host>', 'every', '<duration>'],
    options: OPTIONS.filter(({ name }) => name === 'limit'),
    for: 'operator',
    example: 'align dc02 to hv-b every 15m limit 20MB/s',
    make: (values) => {
      const { bytesPerSecondMax } = optionsOf(values);
      return {
        name: 'align',
        vm: valueIn(values, 'vm'),
        target: valueIn(values, 'host'),
        everySeconds: readDuration(valueIn(values, 'duration')) ?? 0,
        ...(bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax }),
      };
    },
  },
  onOperation('unalign', 'operator'),
  lists('copies'),
  {
    name: 'what-if',
    parts: ['what-if', '<host>', 'dies'],
    for: 'viewer',
    example: 'what-if hv-a dies',
    make: (values) => ({ name: 'what-if', host: valueIn(values, 'host') }),
  },
  lists('scheduled'),
  {
    name: 'window',
    parts: ['window', '<host>', '<hours>|off'],
    for: 'operator',
    example: 'window hv-a 22:00-05:00',
    make: windowOf,
  },
  {
    name: 'drain',
    parts: ['drain', '<host>'],
    options: DRAIN_OPTIONS,
    for: 'operator',
    example: 'drain hv-a to hv-b stop-on-failure',
    make: drainOf,
  },
  {
    name: 'return',
    parts: ['return', '<host>'],
    for: 'operator',
    example: 'return hv-a',
    make: (values) => ({ name: 'return', host: valueIn(values, 'host') }),
  },
  {
    name: 'restore',
    parts: ['restore', '<vm>', 'on', '<host>'],
    for: 'operator',
    example: 'restore dc02 on hv-b',
    make: (values) => ({
      name: 'restore',
      vm: valueIn(values, 'vm'),
      host: valueIn(values, 'host'),
    }),
  },
  {
    name: 'delete',
    parts: ['delete', 'copy', '<vm>', 'on', '<host>'],
    for: 'operator',
    example: 'delete copy dc02 on hv-b',
    make: (values) => ({
      name: 'delete',
      vm: valueIn(values, 'vm'),
      host: valueIn(values, 'host'),
    }),
  },
  {
    name: 'enroll',
    parts: ['enroll', '<host>', '<code…>'],
    for: 'operator',
    example: 'enroll hv-b ABCDE FGHIJ KLMNO PQRST',
    make: (values) => ({
      name: 'enroll',
      host: valueIn(values, 'host'),
      code: valueIn(values, 'code'),
    }),
  },
  {
    name: 'unenroll',
    parts: ['unenroll', '<host>'],
    for: 'operator',
    example: 'unenroll hv-b',
    make: (values) => ({ name: 'unenroll', host: valueIn(values, 'host') }),
  },
  lists('doctor'),
  {
    name: 'help',
    parts: ['help', '[command]'],
    for: 'anyone',
    example: 'help limit',
    make: (values) => {
      const command = values.get('command');
      return command === undefined ? { name: 'help' } : { name: 'help', command };
    },
  },
  {
    name: 'migrate',
    parts: ['<vm>', 'to', '<host>'],
    options: MOVE_OPTIONS,
    for: 'operator',
    example: 'dc02 to hv-b stream on D: limit 50MB/s pause 90s',
    make: (values) => ({ name: 'migrate', wish: wishOf(values), ...timesOf(values) }),
  },
];

function lists(name: 'hosts' | 'vms' | 'copies' | 'scheduled' | 'doctor'): Rule {
  const common = { for: 'viewer', example: name } as const;
  return { name, parts: [name], ...common, make: () => ({ name }) };
}

function windowOf(values: Values): Extract<Command, { name: 'window' }> {
  const hours = readHours(valueIn(values, 'hours'));
  return { name: 'window', host: valueIn(values, 'host'), ...(hours ? { hours } : {}) };
}

function drainOf(values: Values): Extract<Command, { name: 'drain' }> {
  const target = values.get('target');
  return {
    name: 'drain',
    host: valueIn(values, 'host'),
    ...(target === undefined ? {} : { target }),
    ...(values.has('stop') ? { stopOnFailure: true } : {}),
  };
}

function vmIn(values: Values): { vm?: string } {
  const vm = values.get('vm');
  return vm === undefined ? {} : { vm };
}

/** As it is typed after `/migrate`, for example `<vm> to <host>`. */
export function usageOf({ parts, options = [] }: Rule): string {
  return [...parts, ...options.map(({ usage }) => usage)].join(' ').replace('…', '');
}

export const ruleOf = (name: string): Rule | undefined =>
  GRAMMAR.find((rule) => rule.name === name.toLowerCase());

/** `vm` of `<vm>`, `rate` of `<rate>|off`; a keyword is its own name. */
export const nameOf = (part: Part): string => part.replace(/\|.*$/, '').replace(/[<>[\]…]/g, '');

export const isKeywordPart = (part: Part): boolean => nameOf(part) === part;

export function kindOf(part: Part): ValueKind {
  const name = nameOf(part);
  return name === 'rate' || name === 'duration' || name === 'hours' ? name : 'name';
}

/** Every word that means something by itself. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...GRAMMAR.flatMap(({ parts }) => parts.filter(isKeywordPart)),
  ...ALL_OPTIONS.flatMap(({ keyword, choices }) => keyword ?? choices ?? []),
]);

/** A name as people must type it: in quotes where it has spaces or is a keyword. */
export const typedName = (name: string): string => asTyped(name, (word) => KEYWORDS.has(word));
