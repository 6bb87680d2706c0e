/** What may follow `<vm> to <host>`, in any order, each once. The modal has a field for each. */

import type { Method } from '../../domain/plan.ts';
import type { Wish } from '../ports.ts';
import { readDuration, readHours, readRate, readSwitches } from './values.ts';
import { isWhen } from './when.ts';

export type OptionName = 'method' | 'volume' | 'limit' | 'pause' | 'switch';

export interface CommandOption {
  readonly name: OptionName | 'at' | 'cutover' | 'target' | 'stop';
  /** As help and the guide show it. */
  readonly usage: string;
  /** What the value follows; absent where one of `choices` stands alone. */
  readonly keyword?: string;
  readonly choices?: readonly string[];
  /** How its value is read; names are taken as they are. */
  readonly value: ValueKind;
  readonly example: string;
}

export type ValueKind = 'name' | 'rate' | 'duration' | 'switches' | 'time' | 'hours';

/** Of one move. */
export interface Option extends CommandOption {
  readonly name: OptionName;
}

const METHODS: readonly Method[] = ['live', 'stream'];

export const OPTIONS: readonly Option[] = [
  { name: 'method', usage: '[live|stream]', choices: METHODS, value: 'name', example: 'stream' },
  { name: 'volume', usage: '[on <volume>]', keyword: 'on', value: 'name', example: 'on D:' },
  {
    name: 'limit',
    usage: '[limit <rate>]',
    keyword: 'limit',
    value: 'rate',
    example: 'limit 50MB/s',
  },
  {
    name: 'pause',
    usage: '[pause <duration>]',
    keyword: 'pause',
    value: 'duration',
    example: 'pause 90s',
  },
  {
    name: 'switch',
    usage: '[switch <from>=<to>]',
    keyword: 'switch',
    value: 'switches',
    example: 'switch LAN=Office',
  },
];

/** Times: typed alone, since a form would show them in another zone than a person means. */
export const TIME_OPTIONS: readonly CommandOption[] = [
  { name: 'at', usage: '[at <time>]', keyword: 'at', value: 'time', example: 'at 22:00' },
  {
    name: 'cutover',
    usage: '[cutover at <time>]',
    keyword: 'cutover',
    value: 'time',
    example: 'cutover at 23:00',
  },
];

/** What may follow `drain <host>`; the modal, which moves one VM, has no fields for it. */
export const DRAIN_OPTIONS: readonly CommandOption[] = [
  { name: 'target', usage: '[to <target>]', keyword: 'to', value: 'name', example: 'to hv-b' },
  {
    name: 'stop',
    usage: '[stop-on-failure]',
    choices: ['stop-on-failure'],
    value: 'name',
    example: 'stop-on-failure',
  },
];

/** Whether a text is a value of its kind. */
export function isValue(kind: ValueKind, text: string): boolean {
  switch (kind) {
    case 'name':
      return true;
    case 'rate':
      return text.toLowerCase() === 'off' || readRate(text) !== undefined;
    case 'duration':
      return readDuration(text) !== undefined;
    case 'switches':
      return readSwitches(text) !== undefined;
    case 'hours':
      return text.toLowerCase() === 'off' || readHours(text) !== undefined;
    case 'time':
      return isWhen(text);
  }
}

/** The options of a wish, from values that `isValue` has let through; `limit off` limits nothing. */
export function optionsOf(values: ReadonlyMap<string, string>): Omit<Wish, 'vm' | 'target'> {
  const method = METHODS.find((one) => one === values.get('method')?.toLowerCase());
  const volume = values.get('volume');
  const bytesPerSecondMax = readRate(values.get('limit') ?? '');
  const pauseSecondsMax = readDuration(values.get('pause') ?? '');
  const switches = readSwitches(values.get('switch') ?? '');
  return {
    ...(method === undefined ? {} : { method }),
    ...(volume === undefined ? {} : { volume }),
    ...(bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax }),
    ...(pauseSecondsMax === undefined ? {} : { pauseSecondsMax }),
    ...(switches === undefined ? {} : { switches }),
  };
}

/** Of all commands. */
export const ALL_OPTIONS: readonly CommandOption[] = [
  ...OPTIONS,
  ...TIME_OPTIONS,
  ...DRAIN_OPTIONS,
];
