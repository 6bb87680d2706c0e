/** The English words of every code. Each area of the code keeps its own in one file. */

import type { TextOf } from '../catalogue.ts';
import { alertProblems } from './alerts.ts';
import { alignmentProblems } from './alignment.ts';
import { approvalProblems } from './approvals.ts';
import { commandProblems } from './commands.ts';
import { definitionProblems } from './definition.ts';
import { deletionProblems } from './deletion.ts';
import { diskProblems } from './disks.ts';
import { doctorProblems } from './doctor.ts';
import { doctorSlackProblems } from './doctor-slack.ts';
import { drainProblems } from './drain.ts';
import { hostProblems } from './hosts.ts';
import { hypervProblems } from './hyperv.ts';
import { hypervFailureProblems } from './hyperv-failures.ts';
import { labProblems } from './lab.ts';
import { labPageProblems } from './lab-page.ts';
import { liveEndProblems } from './live-ends.ts';
import { migrationProblems } from './migration.ts';
import { modalProblems } from './modal.ts';
import { moveUnknownProblems } from './move-unknown.ts';
import { operationProblems } from './operations.ts';
import { planProblems } from './plan.ts';
import { preflightProblems } from './preflight.ts';
import { preflightHostProblems } from './preflight-hosts.ts';
import { preflightRoomProblems } from './preflight-room.ts';
import { preflightStreamProblems } from './preflight-stream.ts';
import { preflightVmProblems } from './preflight-vm.ts';
import { problems } from './problems.ts';
import { restoreProblems } from './restore.ts';
import { roundProblems } from './rounds.ts';
import { slackProblems } from './slack.ts';
import { storeProblems } from './store.ts';
import { streamProblems } from './stream.ts';
import { timeProblems } from './times.ts';
import { trustProblems } from './trust.ts';
import { vhdCheckProblems } from './vhd-check.ts';
import { vhdxCheckProblems } from './vhdx-check.ts';

export const english = {
  ...alertProblems,
  ...alignmentProblems,
  ...approvalProblems,
  ...commandProblems,
  ...definitionProblems,
  ...deletionProblems,
  ...diskProblems,
  ...doctorProblems,
  ...doctorSlackProblems,
  ...drainProblems,
  ...timeProblems,
  ...hostProblems,
  ...hypervFailureProblems,
  ...hypervProblems,
  ...labProblems,
  ...labPageProblems,
  ...migrationProblems,
  ...operationProblems,
  ...liveEndProblems,
  ...modalProblems,
  ...moveUnknownProblems,
  ...planProblems,
  ...preflightHostProblems,
  ...preflightProblems,
  ...preflightRoomProblems,
  ...preflightStreamProblems,
  ...preflightVmProblems,
  ...problems,
  ...restoreProblems,
  ...roundProblems,
  ...slackProblems,
  ...storeProblems,
  ...streamProblems,
  ...trustProblems,
  ...vhdCheckProblems,
  ...vhdxCheckProblems,
} satisfies Record<string, TextOf>;
