/** Where a finding stands in a disk's file, and its value, as every language writes them. */

import type { Facts } from '../domain/problem.ts';

export const at = ({ file, offset }: Facts): string => `${file}, byte ${offset}:`;

/** Checksums, signatures and bits. */
export const hex = ({ value }: Facts): string =>
  typeof value === 'number' ? `0x${value.toString(16)}` : `${value}`;
