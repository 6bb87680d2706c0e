/** The metadata of a VHDX: its table, its items and what they say. [MS-VHDX] 2.6. */

import { GUID_BYTES, GUID_ZERO, guidFrom } from '../guid.ts';
import type { Shape } from '../layer.ts';
import { overlap, type Range } from '../ranges.ts';
import type { Storage } from '../storage.ts';
import { LOCATOR_BYTES_MAX, parseLocator } from '../vhdx/locator.ts';
import {
  ENTRIES_MAX,
  ENTRY,
  FLAG,
  faultOf,
  HAS_PARENT,
  ITEM,
  SIGNATURE,
  TABLE,
  TABLE_BYTES,
} from '../vhdx/metadata.ts';
import { MIB } from '../vhdx/regions.ts';
import { type Findings, orFinding, type Say } from './findings.ts';

/** Of the parent locator only the least is known. */
const LENGTHS: Readonly<Record<keyof typeof ITEM, number>> = {
  fileParameters: 8,
  virtualBytes: 8,
  diskId: GUID_BYTES,
  logicalSectorBytes: 4,
  physicalSectorBytes: 4,
  parentLocator: 20,
};
/** Each field is held against this one at a time, so that all that are wrong are found. */
const SOUND: Shape = {
  virtualBytes: 4096,
  blockBytes: MIB,
  logicalSectorBytes: 512,
  physicalSectorBytes: 512,
  diskId: '',
};

export interface CheckedShape extends Shape {
  readonly hasParent: boolean;
  /** Where the parent locator is; where it should be named when there is none. */
  readonly locatorOffset: number;
}

interface Item extends Range {
  /** Where its entry stands in the file. */
  readonly entryOffset: number;
}

export class MetadataCheck {
  readonly #storage: Storage;
  readonly #findings: Findings;
  readonly #say: Say;
  readonly #region: Range;
  /** `undefined` where the entry says a place that cannot be. */
  readonly #items = new Map<string, Item | undefined>();

  constructor(storage: Storage, findings: Findings, region: Range) {
    this.#storage = storage;
    this.#findings = findings;
    this.#say = findings.of(storage.path);
    this.#region = region;
  }

  /** The disk's shape; `undefined` where a value that the BAT depends on is lost. */
  async run(): Promise<CheckedShape | undefined> {
    const { offset } = this.#region;
    const table = Buffer.alloc(TABLE_BYTES);
    await this.#storage.read(offset, table, 'metadata table');
    const signature = table.toString('latin1', 0, SIGNATURE.length);
    if (signature !== SIGNATURE) {
      const value = table.toString('hex', 0, SIGNATURE.length);
      this.#say('vhdx-metadata-signature', { offset, value });
      return undefined;
    }
    const count = table.readUInt16LE(TABLE.entryCount);
    if (count > ENTRIES_MAX)
      this.#say('vhdx-metadata-count', { offset: offset + TABLE.entryCount, value: count });
    for (let index = 0; index < Math.min(count, ENTRIES_MAX); index++) {
      const at = TABLE.entries + index * TABLE.entryBytes;
      // With a wrong count, what follows the last entry is empty.
      if (count > ENTRIES_MAX && guidFrom(table, at + ENTRY.id) === GUID_ZERO) break;
      this.#checkEntry(table, at);
    }
    this.#checkOverlaps();
    return await this.#checkValues();
  }

  #checkEntry(table: Buffer, at: number): void {
    const entryOffset = this.#region.offset + at;
    const id = guidFrom(table, at + ENTRY.id);
    const flags = table.readUInt32LE(at + ENTRY.flags);
    const isUser = (flags & FLAG.isUser) !== 0;
    const known = isUser ? undefined : Object.entries(ITEM).find(([, guid]) => guid === id)?.[0];
    if (known === undefined && (flags & FLAG.isRequired) !== 0)
      this.#say('vhdx-item-unknown', { offset: entryOffset, value: id });
    const offset = table.readUInt32LE(at + ENTRY.offset);
    const length = table.readUInt32LE(at + ENTRY.length);
    const name = known ?? `${id}${isUser ? ' (user)' : ''}`;
    if (this.#items.has(name)) {
      this.#say('vhdx-item-twice', { offset: entryOffset, value: name });
      return;
    }
    const isInside = offset >= TABLE_BYTES && offset + length <= this.#region.length;
    // An item without bytes has no place either: [MS-VHDX] 2.6.1.2.
    const isPlace = length === 0 || isInside;
    this.#items.set(name, isPlace ? { entryOffset, offset, length } : undefined);
    if (isPlace) return;
    const place = entryOffset + ENTRY.offset;
    this.#say('vhdx-item-place', { offset: place, value: offset, name, length });
  }

  /** In order of their places, so that neighbours are enough. */
  #checkOverlaps(): void {
    const placed = [...this.#items].flatMap(([name, item]) => (item ? [{ ...item, name }] : []));
    const sorted = placed.toSorted((a, b) => a.offset - b.offset);
    sorted.forEach((item, index) => {
      const next = sorted[index + 1];
      if (next === undefined || !overlap(item, next)) return;
      const offset = next.entryOffset + ENTRY.offset;
      const names = { name: next.name, other: item.name };
      this.#say('vhdx-item-overlap', { offset, value: next.offset, ...names });
    });
  }

  async #checkValues(): Promise<CheckedShape | undefined> {
    const parameters = await this.#value('fileParameters');
    const size = await this.#value('virtualBytes');
    const logical = await this.#value('logicalSectorBytes');
    const physical = await this.#value('physicalSectorBytes');
    await this.#value('diskId');
    const logicalSectorBytes = this.#checked('logicalSectorBytes', logical?.readUInt32LE(0));
    this.#checked('physicalSectorBytes', physical?.readUInt32LE(0));
    const blockBytes = this.#checked('blockBytes', parameters?.readUInt32LE(0));
    const number = size && Number(size.readBigUInt64LE(0));
    const virtualBytes = this.#checked('virtualBytes', number, logicalSectorBytes);
    const hasParent = parameters !== undefined && (parameters.readUInt32LE(4) & HAS_PARENT) !== 0;
    if (hasParent) await this.#checkLocator();
    if (virtualBytes === undefined || blockBytes === undefined || logicalSectorBytes === undefined)
      return undefined;
    const locatorOffset = this.#placeOf('parentLocator');
    return { ...SOUND, virtualBytes, blockBytes, logicalSectorBytes, hasParent, locatorOffset };
  }

  async #value(name: keyof typeof ITEM): Promise<Buffer | undefined> {
    const item = this.#items.get(name);
    const length = LENGTHS[name];
    const { offset } = this.#region;
    if (item === undefined) {
      if (this.#items.has(name)) return undefined;
      this.#say('vhdx-item-missing', { offset: offset + TABLE.entryCount, value: name });
      return undefined;
    }
    const isLocator = name === 'parentLocator';
    const isLength = isLocator
      ? item.length >= length && item.length <= LOCATOR_BYTES_MAX
      : item.length === length;
    if (!isLength) {
      const at = item.entryOffset + ENTRY.length;
      this.#say('vhdx-item-length', { offset: at, value: item.length, name, wanted: length });
      return undefined;
    }
    const bytes = Buffer.alloc(item.length);
    await this.#storage.read(offset + item.offset, bytes, 'metadata item');
    return bytes;
  }

  /** The value when it may be. */
  #checked(
    field: Exclude<keyof Shape, 'diskId'>,
    value: number | undefined,
    logicalSectorBytes: number = SOUND.logicalSectorBytes,
  ): number | undefined {
    if (value === undefined) return undefined;
    const fault = faultOf({ ...SOUND, logicalSectorBytes, [field]: value });
    if (fault === undefined) return value;
    const offset = this.#placeOf(field === 'blockBytes' ? 'fileParameters' : field);
    this.#say('vhdx-value', { offset, value, name: fault.what });
    return undefined;
  }

  #placeOf(name: keyof typeof ITEM): number {
    return this.#region.offset + (this.#items.get(name)?.offset ?? TABLE.entryCount);
  }

  async #checkLocator(): Promise<void> {
    const bytes = await this.#value('parentLocator');
    if (bytes === undefined) return;
    const at = { file: this.#storage.path, offset: this.#placeOf('parentLocator') };
    await orFinding(this.#findings, at, () => parseLocator(bytes, at));
  }
}
