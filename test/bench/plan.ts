/** From the typed command to the message with the plan in the channel, in a lab. */

import { setTimeout as pause } from 'node:timers/promises';
import { type Lab, OPERATOR } from '../../src/lab/machine.ts';
import { openLabDesk } from '../../src/lab/session.ts';
import { plan } from '../../src/texts/en/plan.ts';
import type { Part } from './bench.ts';
import { inLab } from './lab.ts';
import { median, printTable, quantile } from './table.ts';

const SECONDS_MAX = 1;
const VMS = ['dc02', 'sql01', 'mail01'] as const;
const CLOSED_SECONDS_MAX = 60;
const LOOK_SECONDS = 0.05;

export const benchPlan: Part = async ({ directory, plans }) => {
  const seconds = await inLab({ directory }, async (lab) => {
    const taken: number[] = [];
    for (let done = 0; done < plans; done += 1) {
      taken.push(await secondsToPlan(lab, VMS[done % VMS.length] ?? VMS[0]));
    }
    return taken;
  });
  const head = ['', 'best s', 'median s', 'worst s'];
  const cells = [Math.min(...seconds), median(seconds), quantile(seconds, 1)];
  const row = [`${plans} commands`, ...cells.map((one) => one.toFixed(3))];
  printTable('plan: from the command to the plan in the channel', head, [row]);
  const middle = median(seconds);
  return middle <= SECONDS_MAX
    ? []
    : [`the plan took ${middle.toFixed(3)} s in the median, over ${SECONDS_MAX}`];
};

/** The move is cancelled once its plan was seen, and measured VMs are again as before. */
async function secondsToPlan(lab: Lab, vm: string): Promise<number> {
  const known = new Set((await lab.slack.messages()).map(({ ts }) => ts));
  const startedAt = performance.now();
  const shown = lab.slack.waitFor(
    ({ messages }) =>
      messages.some(({ ts, blocks }) => {
        if (known.has(ts)) return false;
        const text = JSON.stringify(blocks);
        return text.includes(`*${plan.whatHappens}*`) && text.includes(vm);
      }),
    { what: `the plan for ${vm}` },
  );
  await Promise.all([shown, lab.slack.say(OPERATOR, `/migrate ${vm} to hv-b`)]);
  const seconds = (performance.now() - startedAt) / 1000;
  await lab.slack.say(OPERATOR, `/migrate cancel ${vm}`);
  await untilClosed(lab);
  return seconds;
}

async function untilClosed(lab: Lab): Promise<void> {
  await using desk = await openLabDesk(lab);
  const until = Date.now() + CLOSED_SECONDS_MAX * 1000;
  while ((await desk.store.open()).length > 0) {
    if (Date.now() > until) throw new Error('A cancelled move did not end in time');
    await pause(LOOK_SECONDS * 1000);
  }
}
