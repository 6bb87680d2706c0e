/** Entry of a VM's process: `node guest-main.ts --lab DIR --host NAME --vm ID`. */

import { parseArgs } from 'node:util';
import { toProblemRecord } from '../../domain/problem.ts';
import { runGuest } from './guest.ts';

/** To whoever started us; that one may be gone, and the VM runs all the same. */
function tell(message: object): void {
  if (!process.connected) return;
  process.send?.(message, () => {
    if (process.connected) process.disconnect();
  });
}

const { values } = parseArgs({
  options: { lab: { type: 'string' }, host: { type: 'string' }, vm: { type: 'string' } },
});
if (!values.lab || !values.host || !values.vm) throw new Error('--lab, --host and --vm are needed');
const place = { dir: values.lab, host: values.host, vmId: values.vm };
try {
  await runGuest(place, () => tell({ started: true }));
} catch (error) {
  console.error(error);
  if (process.connected) process.send?.({ problem: toProblemRecord(error) }, () => process.exit(1));
  else process.exit(1);
}
