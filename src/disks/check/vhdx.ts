/** A whole VHDX file, one structure after the other; what one lacks does not hide the others. */

import type { Storage } from '../storage.ts';
import type { Header } from '../vhdx/header.ts';
import { MIB } from '../vhdx/regions.ts';
import { type Findings, orFinding } from './findings.ts';
import { checkOverlaps, type Structure } from './structures.ts';
import { BatCheck } from './vhdx-bat.ts';
import { checkHeaders } from './vhdx-headers.ts';
import { checkLog } from './vhdx-log.ts';
import { MetadataCheck } from './vhdx-metadata.ts';
import { checkRegions } from './vhdx-regions.ts';

/** Where the parent is named, for what is wrong with the chain. */
export async function checkVhdx(storage: Storage, findings: Findings): Promise<number> {
  const file = storage.path;
  const say = findings.of(file);
  const part = <T>(offset: number, check: () => Promise<T>) =>
    orFinding(findings, { file, offset }, check);
  const header = await part(0, () => checkHeaders(storage, say));
  if (header !== undefined) await part(header.logOffset, () => checkLog(storage, say, header));
  const regions = (await part(0, () => checkRegions(storage, say))) ?? [];
  const structures = [{ name: 'headers', offset: 0, length: MIB }, ...logOf(header), ...regions];
  checkOverlaps(say, structures);
  const metadata = regions.find(({ name }) => name === 'metadata');
  const bat = regions.find(({ name }) => name === 'BAT');
  if (metadata === undefined) return 0;
  const shape = await part(metadata.offset, () =>
    new MetadataCheck(storage, findings, metadata).run(),
  );
  if (bat === undefined || shape === undefined) return metadata.offset;
  await part(bat.offset, () => new BatCheck(storage, say, { shape, bat, structures }).run());
  return shape.locatorOffset;
}

function logOf(header: Header | undefined): Structure[] {
  if (header === undefined || header.logLength === 0) return [];
  return [{ name: 'log', offset: header.logOffset, length: header.logLength }];
}
