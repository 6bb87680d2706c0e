import { describe, expect, it } from '@jest/globals';
import { textsIn } from '../../../src/texts/catalogue.ts';
import { LANGUAGES } from '../../../src/texts/words.ts';
import { vmFacts } from '../facts.ts';
import { type Changes, hyperVHost, value, windowsSubject } from '../windows.ts';
import { findingOf, knownOf } from './ask.ts';

const migration = knownOf(hyperVHost('hv-a').migration);
const [disk] = vmFacts().disks;
if (!disk) throw new Error('The healthy VM has a disk');
const FOLDER = 'D:\\dc02-3F2504E0';
const diskNamed = (path: string) => ({ disks: [{ ...disk, path }] });

/** What is so, and the commands that the remedy must show in every language. */
const COMMANDS: readonly (readonly [string, Changes, readonly string[]])[] = [
  [
    'vm-at-target',
    { target: { plannedVms: value([vmFacts().id]) } },
    [
      `Msvm_PlannedComputerSystem | Where-Object Name -eq '${vmFacts().id}'`,
      '-MethodName DestroySystem',
    ],
  ],
  [
    'target-files',
    {
      vmItself: diskNamed("D:\\Bob's.vhdx"),
      target: { files: value([`${FOLDER}\\Virtual Hard Disks\\Bob's.vhdx`]) },
    },
    [`Remove-Item -LiteralPath '${FOLDER}\\Virtual Hard Disks\\Bob''s.vhdx'`],
  ],
  [
    'slots',
    { source: { migration: value({ ...migration, movesMax: 0 }) } },
    ["Set-VMHost -ComputerName 'hv-a' -MaximumVirtualMachineMigrations 2"],
  ],
  [
    'virtual-tpm',
    { vm: { security: value({ tpm: true, shielded: false, guardians: value(['AA01', 'BB02']) }) } },
    ["'AA01','BB02' | ForEach-Object", 'Import-PfxCertificate'],
  ],
  ['processor-count', { vmItself: { processors: 17 } }, ['Set-VMProcessor -Count 16']],
  [
    'configuration-version',
    { vm: { version: value('5.0') } },
    [`Get-VM -Id '${vmFacts().id}' | Update-VMVersion`],
  ],
  [
    'configuration-version',
    { source: { build: value(9600) }, vm: { version: { lacks: true } } },
    ['Windows Server 2016', '2019', `Get-VM -Id '${vmFacts().id}' | Update-VMVersion`],
  ],
];

describe.each(LANGUAGES)('the remedies in %s', (language) => {
  it.each(COMMANDS)('of %s show the commands that mend it', (check, changes, commands) => {
    const finding = findingOf(check, windowsSubject(changes));
    if (!finding) throw new Error(`${check} does not apply`);
    const { remedy } = textsIn(language)(finding);
    for (const command of commands) expect(remedy).toContain(command);
  });
});
