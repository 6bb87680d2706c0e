/** B37: a scanner that opens a disk in the middle of a move breaks it. A doctor's question, no plan's. */

import { known } from '../../domain/hyperv.ts';
import { anyHas, askBoth, type Check, findingsOf } from '../check.ts';

const say = findingsOf('antivirus');

/** Without the dot. */
const EXTENSIONS = [
  ...['vhd', 'vhdx', 'avhd', 'avhdx', 'vhds', 'rct', 'mrt'],
  ...['vsv', 'bin', 'vmcx', 'vmrs', 'vmgs', 'iso'],
];
const PROGRAMS = ['vmms.exe', 'vmwp.exe', 'vmsp.exe', 'vmcompute.exe'];

export const antivirus: Check = {
  id: 'B37',
  name: 'antivirus',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => anyHas(subject, ({ defender }) => defender ?? { lacks: true }),
  run(subject) {
    const answers = askBoth(subject, 'Defender', ({ defender }) => defender ?? { lacks: true });
    for (const { host, value } of answers.known) {
      const isRole = known(host.hyperv?.role)?.installed === true;
      if (!value.scansFilesInUse || (value.knowsRoles && isRole)) continue;
      const extensions = lacking(EXTENSIONS, value.extensions);
      const programs = lacking(PROGRAMS, value.programs);
      const facts = { host: host.name, extensions, programs };
      if (extensions.length + programs.length > 0) return say.warning(facts);
    }
    return answers.unread ? say.unknown(answers.unread) : say.ok({});
  },
};

/** A program may be entered with its folder, an extension with its dot. */
function lacking(wanted: readonly string[], entered: readonly string[]): string[] {
  const names = entered.map((entry) => (entry.split('\\').at(-1) ?? '').replace(/^\*?\./, ''));
  const left = new Set(names.map((name) => name.toLowerCase()));
  return wanted.filter((one) => !left.has(one));
}
