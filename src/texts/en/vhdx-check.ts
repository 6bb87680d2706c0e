/** What `disk check` finds in a VHDX: byte of the file, what is wrong, and what stands there. */

import type { TextOf } from '../catalogue.ts';
import { at, hex } from '../disk-places.ts';

const RESTORE = 'Restore the file from a backup, or repair it where it was made.';
const CONVERT =
  'The file is read by its other copy. Copy the content to a new file with Convert-VHD while the VM is off.';
const REPLAYED = 'Nothing needs to be done: the log counts whenever the disk is read.';
const HARMLESS = 'Nothing needs to be done: every program reads the disk alike.';

export const vhdxCheckProblems = {
  'vhdx-header-signature': (facts) => ({
    text: `${at(facts)} header ${facts.number} does not begin as one, but with ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhdx-header-checksum': (facts) => ({
    text: `${at(facts)} the checksum of header ${facts.number} is wrong: ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhdx-headers-lost': (facts) => ({
    text: `${at(facts)} both headers are lost`,
    remedy: RESTORE,
  }),
  'vhdx-headers-differ': (facts) => ({
    text: `${at(facts)} two different headers have one number, ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-header-version': (facts) => ({
    text: `${at(facts)} header ${facts.number} is of version ${facts.value}, which is none`,
    remedy: RESTORE,
  }),
  'vhdx-log-version': (facts) => ({
    text: `${at(facts)} the log is of version ${facts.value}, which is none`,
    remedy: RESTORE,
  }),
  'vhdx-log-length': (facts) => ({
    text: `${at(facts)} the log cannot be ${facts.value} bytes long`,
    remedy: RESTORE,
  }),
  'vhdx-log-place': (facts) => ({
    text: `${at(facts)} the log cannot lie at byte ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-log-full': (facts) => ({
    text: `${at(facts)} log ${facts.value} was not replayed yet: the file was not closed cleanly`,
    remedy: REPLAYED,
  }),
  'vhdx-log-entry': (facts) => ({
    text: `${at(facts)} entry ${facts.value} of the log is not whole: its ${facts.what} is wrong`,
    remedy: RESTORE,
  }),
  'vhdx-regions-signature': (facts) => ({
    text: `${at(facts)} region table ${facts.number} does not begin as one, but with ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhdx-regions-checksum': (facts) => ({
    text: `${at(facts)} the checksum of region table ${facts.number} is wrong: ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhdx-regions-lost': (facts) => ({
    text: `${at(facts)} both region tables are lost`,
    remedy: RESTORE,
  }),
  'vhdx-regions-differ': (facts) => ({
    text: `${at(facts)} the second region table differs from the first: ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-regions-count': (facts) => ({
    text: `${at(facts)} a region table has no ${facts.value} entries`,
    remedy: RESTORE,
  }),
  'vhdx-region-unknown': (facts) => ({
    text: `${at(facts)} region ${facts.value} is required, and nobody knows it`,
    remedy: RESTORE,
  }),
  'vhdx-region-twice': (facts) => ({
    text: `${at(facts)} region ${facts.value} is named twice`,
    remedy: RESTORE,
  }),
  'vhdx-region-missing': (facts) => ({
    text: `${at(facts)} the region table with ${facts.value} entries names no ${facts.name}`,
    remedy: RESTORE,
  }),
  'vhdx-region-place': (facts) => ({
    text: `${at(facts)} region ${facts.name} cannot be ${facts.length} bytes at ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-region-cut': (facts) => ({
    text: `${at(facts)} region ${facts.name}, ${facts.length} bytes at ${facts.value}, is past the end of the file at ${facts.fileBytes}`,
    remedy: RESTORE,
  }),
  'vhdx-metadata-signature': (facts) => ({
    text: `${at(facts)} the metadata does not begin as such, but with ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-metadata-count': (facts) => ({
    text: `${at(facts)} the metadata has no ${facts.value} items`,
    remedy: RESTORE,
  }),
  'vhdx-item-unknown': (facts) => ({
    text: `${at(facts)} metadata item ${facts.value} is required, and nobody knows it`,
    remedy: RESTORE,
  }),
  'vhdx-item-twice': (facts) => ({
    text: `${at(facts)} metadata item ${facts.value} is there twice`,
    remedy: RESTORE,
  }),
  'vhdx-item-place': (facts) => ({
    text: `${at(facts)} metadata item ${facts.name}, ${facts.length} bytes at ${facts.value}, is outside of the metadata`,
    remedy: RESTORE,
  }),
  'vhdx-item-overlap': (facts) => ({
    text: `${at(facts)} metadata item ${facts.name} at ${facts.value} lies on ${facts.other}`,
    remedy: RESTORE,
  }),
  'vhdx-item-missing': (facts) => ({
    text: `${at(facts)} metadata item ${facts.value} is missing`,
    remedy: RESTORE,
  }),
  'vhdx-item-length': (facts) => ({
    text: `${at(facts)} metadata item ${facts.name} has ${facts.value} bytes, it needs ${facts.wanted}`,
    remedy: RESTORE,
  }),
  'vhdx-value': (facts) => ({
    text: `${at(facts)} the ${facts.name} cannot be ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhdx-bat-short': (facts) => ({
    text: `${at(facts)} the BAT has ${facts.value} bytes, the disk needs ${facts.wanted}`,
    remedy: RESTORE,
  }),
  'vhdx-block-state': (facts) => ({
    text: `${at(facts)} ${facts.name} is in state ${facts.value}, which it cannot be`,
    remedy: RESTORE,
  }),
  'vhdx-block-reserved': (facts) => ({
    text: `${at(facts)} the BAT entry of ${facts.name} has reserved bits set: ${hex(facts)}`,
    remedy: RESTORE,
  }),
  'vhdx-block-place': (facts) => ({
    text: `${at(facts)} ${facts.name} at ${facts.value} lies on the ${facts.on}`,
    remedy: RESTORE,
  }),
  'vhdx-block-cut': (facts) => ({
    text: `${at(facts)} ${facts.name}, ${facts.length} bytes at ${facts.value}, is past the end of the file at ${facts.fileBytes}`,
    remedy: RESTORE,
  }),
  'vhdx-block-overlap': (facts) => ({
    text: `${at(facts)} ${facts.name} at ${facts.value} lies on another block`,
    remedy: RESTORE,
  }),
  'vhdx-bitmap-missing': (facts) => ({
    text: `${at(facts)} ${facts.name} is in state ${facts.value}, but block ${facts.block} needs it`,
    remedy: RESTORE,
  }),
  'vhdx-bitmap-unneeded': (facts) => ({
    text: `${at(facts)} ${facts.name} is in state ${facts.value}, but a disk without a parent has none`,
    remedy: HARMLESS,
  }),
} satisfies Record<string, TextOf>;
