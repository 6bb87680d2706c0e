/** `ferry disk …`: looks into disk files. None of it changes a disk. */

import { Command } from 'commander';
import { chainFiles } from '../disks/chain.ts';
import type { DiskFile } from '../disks/disk.ts';
import { compareDisks, exportRaw } from '../disks/flat.ts';
import { printCheck } from './disk-check.ts';
import { printMap } from './disk-map.ts';
import { print, reporting } from './reporting.ts';

const EXIT_DIFFERENT = 1;
const EXIT_DAMAGED = 1;
const LEAF = 'the leaf: .vhdx, .avhdx, .vhd or .avhd';

export function diskCommand(): Command {
  const disk = new Command('disk').description('look into disk files; never changes them');
  disk
    .command('info')
    .description('show a disk and the files of its chain, leaf first')
    .argument('<file>', LEAF)
    .option('--json', 'as JSON')
    .action((file: string, { json }: { json?: boolean }) =>
      reporting(async () => {
        const files = await chainFiles(file);
        print(json ? JSON.stringify(files, null, 2) : files.map(inWords).join('\n\n'));
      }),
    );
  disk
    .command('map')
    .description('list what the disk holds: offset, length, and data, zero or absent')
    .argument('<file>', LEAF)
    .option('--json', 'as a JSON array, one element a line')
    .action((file: string, { json = false }: { json?: boolean }) =>
      reporting(() => printMap(file, json)),
    );
  disk
    .command('check')
    .description(
      'exit 0: sound; 1: damaged, with a line for each finding; 2: no disk, or a problem',
    )
    .argument('<file>', LEAF)
    .option('--json', 'as JSON')
    .action((file: string, { json = false }: { json?: boolean }) =>
      reporting(async () => {
        if (!(await printCheck(file, json))) process.exitCode = EXIT_DAMAGED;
      }),
    );
  disk
    .command('export')
    .description('write the flat content of a disk, or of the chain whose leaf is named')
    .argument('<file>', LEAF)
    .requiredOption('--to <raw>', 'the file to write; it must not exist')
    .action((file: string, { to }: { to: string }) => reporting(() => exportRaw(file, to)));
  disk
    .command('compare')
    .description('exit 0: equal; 1: different, the first difference is printed; 2: a problem')
    .argument('<a>', 'the leaf of a disk, or a raw file')
    .argument('<b>', 'the leaf of a disk, or a raw file')
    .action((a: string, b: string) =>
      reporting(async () => {
        const comparison = await compareDisks(a, b);
        print(comparison.equal ? 'equal' : `different from byte ${comparison.offset}`);
        if (!comparison.equal) process.exitCode = EXIT_DIFFERENT;
      }),
    );
  return disk;
}

function inWords(file: DiskFile): string {
  const { identity, parent } = file;
  const lines = [
    identity.path,
    `  ${file.format}, ${file.type}, ${file.virtualBytes} bytes`,
    `  block ${file.blockBytes}, sector ${file.logicalSectorBytes} (physical ${file.physicalSectorBytes})`,
    `  holds ${file.allocatedBytes} bytes in a file of ${file.fileBytes}`,
    `  disk ${file.diskId}`,
    `  content ${identity.linkage}`,
  ];
  if (parent !== undefined)
    lines.push(`  parent ${parent.path}`, `  parent content ${parent.linkage}`);
  return lines.join('\n');
}
