/** What copies take of a volume, in front of a remedy for too little room; nothing where they take nothing. */

import type { Fact } from '../../domain/problem.ts';
import { bytesText } from './amounts.ts';

export const keptText = (bytes: Fact | undefined): string =>
  bytes === undefined
    ? ''
    : `Copies that Ferry keeps take ${bytesText(bytes)} of it: see /migrate copies. `;
