/** A live migration says these where one that copies says its own. */

import type { Plan } from '../../domain/plan.ts';
import { lookingCommands } from '../typed.ts';
import { secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

const look = ({ vm, source, target }: Route): string =>
  `See in Hyper-V Manager on ${target} and on ${source} where ${vm.name} is. Leave it where it runs; start nothing while a move of it still runs.`;

/** Each looks and changes nothing; a host that does not answer is named by its error. */
const lookByHand = (route: Route): string =>
  `Run where the Hyper-V tools are, as an administrator of both hosts, then see docs/by-hand.md: ${lookingCommands(route).join('; ')}`;

export const live = {
  chat: {
    state: {
      asking: ({ vm, source }: Route) =>
        `Waiting for approval of the live migration. ${vm.name} runs on ${source}.`,
    },
    approve: 'Approve move',
    confirmApprove: {
      title: 'Approve the move?',
      text: ({ vm, source, target }: Route) =>
        `${vm.name} is moved from ${source} to ${target} while it runs. No copy stays on ${source}.`,
      yes: 'Move',
      no: 'Not now',
    },
  },
  approvals: {
    asks: ({ vm, source, target }: Route) =>
      `The live migration of ${vm.name} from ${source} to ${target} waits for approval.`,
    remindsHalf: ({ vm }: Route) =>
      `Still waiting for approval of the live migration of ${vm.name}.`,
    reminds: ({ vm }: Route, seconds: number) =>
      `The request to approve the live migration of ${vm.name} ends in about ${secondsText(seconds)}.`,
  },
  alerts: { byHand: { source: look, target: look, nowhere: look, unknown: lookByHand } },
};
