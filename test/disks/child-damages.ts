/** The part of the damage matrix that is about a child: parent locator and sector bitmaps. */

import { BAT, type Damage, entry, ITEMS, METADATA, put } from './harm.ts';

export const CHILD_DAMAGES: Damage[] = [
  {
    name: 'a parent locator of another type',
    code: 'disk-damaged',
    facts: { what: 'type of the parent locator' },
    on: 'child',
    harm: put(ITEMS + 40, [0]),
  },
  {
    name: 'a parent locator with too many entries',
    code: 'disk-damaged',
    facts: { value: 0xffff },
    on: 'child',
    harm: put(ITEMS + 40 + 18, [0xff, 0xff]),
  },
  {
    name: 'a parent locator whose text is outside',
    code: 'disk-damaged',
    facts: { what: 'entry of the parent locator' },
    on: 'child',
    harm: put(ITEMS + 40 + 20, [0xff, 0xff, 0xff]),
  },
  {
    name: 'a child without a locator',
    code: 'disk-damaged',
    facts: { what: 'parent locator', value: 'missing' },
    on: 'child',
    harm: put(METADATA + 10, [5, 0]),
  },
  {
    name: 'a partially present block without a sector bitmap',
    code: 'disk-damaged',
    facts: { what: 'sector bitmap of block 0', value: 'missing' },
    on: 'child',
    harm: put(BAT + 8 * 4096, entry(0, 0)),
  },
  {
    name: 'a sector bitmap in a reserved state',
    code: 'disk-damaged',
    facts: { what: 'state of sector bitmap 0 in the BAT', value: 3 },
    on: 'child',
    harm: put(BAT + 8 * 4096, entry(3, 0)),
  },
  {
    name: 'a sector bitmap past the end',
    code: 'disk-truncated',
    facts: { what: 'sector bitmap 0' },
    on: 'child',
    harm: put(BAT + 8 * 4096, entry(6, 900)),
  },
];
