/** What `disk check` finds in a VHD: byte of the file, what is wrong, and what stands there. */

import type { TextOf } from '../catalogue.ts';
import { at, hex } from '../disk-places.ts';

const RESTORE = 'Restore the file from a backup, or repair it where it was made.';
const CONVERT =
  'The file is read by its other copy. Copy the content to a new file with Convert-VHD while the VM is off.';
const HARMLESS = 'Nothing needs to be done: every program reads the disk alike.';

export const vhdCheckProblems = {
  'disk-structures-overlap': (facts) => ({
    text: `${at(facts)} ${facts.other} lies on ${facts.name}, which begins at ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-footer-checksum': (facts) => ({
    text: `${at(facts)} the checksum of the footer is wrong: ${hex(facts)}`,
    remedy: CONVERT,
  }),
  'vhd-footer-missing': (facts) => ({
    text: `${at(facts)} there is no footer, but ${facts.value}`,
    remedy: CONVERT,
  }),
  'vhd-footers-lost': (facts) => ({
    text: `${at(facts)} no footer is whole; ${facts.value} begin as one`,
    remedy: RESTORE,
  }),
  'vhd-footers-differ': (facts) => ({
    text: `${at(facts)} the copy of the footer differs from the one at the end: ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-footer-version': (facts) => ({
    text: `${at(facts)} the footer is of version ${hex(facts)}, which is none`,
    remedy: RESTORE,
  }),
  'vhd-type': (facts) => ({
    text: `${at(facts)} the disk is of type ${facts.value}, which is none`,
    remedy: RESTORE,
  }),
  'vhd-size': (facts) => ({
    text: `${at(facts)} the disk cannot have ${facts.value} bytes`,
    remedy: RESTORE,
  }),
  'vhd-geometry-none': (facts) => ({
    text: `${at(facts)} the disk is as large as its geometry, which has ${facts.value} sectors`,
    remedy: RESTORE,
  }),
  'vhd-geometry': (facts) => ({
    text: `${at(facts)} the geometry has ${facts.value} bytes, more than the disk with ${facts.size}`,
    remedy: HARMLESS,
  }),
  'vhd-content-cut': (facts) => ({
    text: `${at(facts)} the content ends here, the disk has ${facts.value} bytes`,
    remedy: RESTORE,
  }),
  'vhd-header-place': (facts) => ({
    text: `${at(facts)} the dynamic header cannot lie at byte ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-header-cut': (facts) => ({
    text: `${at(facts)} the dynamic header is past the end of the file at ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-header-signature': (facts) => ({
    text: `${at(facts)} the dynamic header does not begin as one, but with ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-header-checksum': (facts) => ({
    text: `${at(facts)} the checksum of the dynamic header is wrong: ${hex(facts)}`,
    remedy: RESTORE,
  }),
  'vhd-header-version': (facts) => ({
    text: `${at(facts)} the dynamic header is of version ${hex(facts)}, which is none`,
    remedy: RESTORE,
  }),
  'vhd-block-size': (facts) => ({
    text: `${at(facts)} blocks cannot have ${facts.value} bytes`,
    remedy: RESTORE,
  }),
  'vhd-bat-short': (facts) => ({
    text: `${at(facts)} the BAT has ${facts.value} entries, the disk needs ${facts.wanted}`,
    remedy: RESTORE,
  }),
  'vhd-bat-place': (facts) => ({
    text: `${at(facts)} the BAT cannot lie at byte ${facts.value}`,
    remedy: RESTORE,
  }),
  'vhd-bat-cut': (facts) => ({
    text: `${at(facts)} the BAT, ${facts.length} bytes at ${facts.value}, is past the end of the file at ${facts.fileBytes}`,
    remedy: RESTORE,
  }),
  'vhd-locator-length': (facts) => ({
    text: `${at(facts)} a parent locator cannot have ${facts.value} bytes`,
    remedy: RESTORE,
  }),
  'vhd-locator-place': (facts) => ({
    text: `${at(facts)} a parent locator at ${facts.value} is past the end of the file at ${facts.fileBytes}`,
    remedy: RESTORE,
  }),
  'vhd-parent-unnamed': (facts) => ({
    text: `${at(facts)} the disk has a parent and names it in ${facts.value} places`,
    remedy: RESTORE,
  }),
  'vhd-block-place': (facts) => ({
    text: `${at(facts)} ${facts.name} at ${facts.value} lies on the ${facts.on}`,
    remedy: RESTORE,
  }),
  'vhd-block-cut': (facts) => ({
    text: `${at(facts)} ${facts.name}, ${facts.length} bytes at ${facts.value}, is past the end of the content at ${facts.endBytes}`,
    remedy: RESTORE,
  }),
  'vhd-block-overlap': (facts) => ({
    text: `${at(facts)} ${facts.name} at ${facts.value} lies on another block`,
    remedy: RESTORE,
  }),
} satisfies Record<string, TextOf>;
