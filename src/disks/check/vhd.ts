/** A whole VHD file, one structure after the other. */

import type { Storage } from '../storage.ts';
import { FOOTER_BYTES } from '../vhd/footer.ts';
import { FIELD, HEADER_BYTES } from '../vhd/header.ts';
import type { Findings } from './findings.ts';
import { orFinding } from './findings.ts';
import { checkOverlaps } from './structures.ts';
import { checkVhdBat } from './vhd-bat.ts';
import { type CheckedFooter, checkFooters } from './vhd-footers.ts';
import { checkHeader } from './vhd-header.ts';

/** Where the parent is named, for what is wrong with the chain. */
export async function checkVhd(storage: Storage, findings: Findings): Promise<number> {
  const file = storage.path;
  const say = findings.of(file);
  const part = <T>(offset: number, check: () => Promise<T>) =>
    orFinding(findings, { file, offset }, check);
  const footer = await part(0, () => checkFooters(storage, say));
  if (footer === undefined) return 0;
  if (footer.type === 'fixed') {
    const { virtualBytes, end } = footer;
    if (virtualBytes > end) say('vhd-content-cut', { offset: end, value: virtualBytes });
    return 0;
  }
  await part(footer.headerOffset, () => checkSparse(storage, findings, footer));
  return footer.headerOffset + FIELD.parentId;
}

async function checkSparse(
  storage: Storage,
  findings: Findings,
  footer: CheckedFooter,
): Promise<void> {
  const say = findings.of(storage.path);
  const header = await checkHeader(storage, say, footer);
  if (header === undefined) return;
  const structures = [
    { name: 'copy of the footer', offset: 0, length: FOOTER_BYTES },
    { name: 'dynamic header', offset: footer.headerOffset, length: HEADER_BYTES },
    header.table,
    ...header.locators,
  ];
  checkOverlaps(say, structures);
  await checkVhdBat(storage, say, { footer, header, structures });
}
