/** A process that merges the file it is given, to be killed. It says when it begins. */

import { mergeIntoParent } from '../../src/disks/merge.ts';

process.send?.('begins');
await mergeIntoParent(process.argv[2] ?? '');
process.disconnect?.();
