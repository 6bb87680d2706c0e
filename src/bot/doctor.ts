/** What is well and what is not, as the bot sees it: its machine, the store, the hosts, Slack. */

import { examine } from '../../jobs/examine.ts';
import type { Queues } from '../../jobs/queues.ts';
import type { BotConfig } from '../config.ts';
import { type HostsLook, hostsFindings, hostsSeen } from '../doctor/hosts.ts';
import { machineFindings } from '../doctor/machine.ts';
import { type Connections, type SlackLooking, slackFindings } from '../doctor/slack.ts';
import { storeFindings } from '../doctor/store.ts';
import type { Finding } from '../domain/finding.ts';
import { Problem } from '../domain/problem.ts';
import { type SlackLook, slackLookOf } from '../slack/look.ts';
import type { Store } from '../store/store.ts';
import type { Identity } from '../trust/identity.ts';
import { rolesOf } from './roles.ts';

export interface Doctoring {
  /** FERRY_STATE. */
  readonly state: string;
  readonly storeUrl: string;
  readonly hosts: HostsLook;
  readonly slack: SlackLooking;
}

/**
 * Looks at everything at once and acts on nothing; done within 95 s, whatever is away. What cannot
 * be read is a finding of its own, so that nothing passes unseen.
 */
export async function doctorOf(doctoring: Doctoring): Promise<readonly Finding[]> {
  const { state, storeUrl, hosts, slack } = doctoring;
  const parts = await Promise.all([
    machineFindings({ host: 'bot', state }),
    storeFindings('bot', storeUrl),
    hostsFindings(hosts),
    slackFindings(slack),
  ]);
  return parts.flat();
}

/** What the bot's process, or a command beside it, has at hand. */
export interface Near {
  readonly store: Store;
  readonly queues: Queues;
  readonly identity: Identity;
}

export interface Beside {
  /** Absent when the store or the bot's own folder is what is wrong: their findings say so. */
  readonly near?: Near | undefined;
  readonly connections: () => Promise<Connections | undefined>;
  /** Slack itself unless a test means something else. */
  readonly look?: SlackLook;
}

/** Everything that the doctor needs, as the bot is configured. */
export function doctoringOf(config: BotConfig, { near, connections, look }: Beside): Doctoring {
  const tokens = { bot: config.SLACK_BOT_TOKEN, app: config.SLACK_APP_TOKEN };
  const slackApiUrl = config.SLACK_API_URL ? { slackApiUrl: config.SLACK_API_URL } : {};
  return {
    state: config.FERRY_STATE,
    storeUrl: config.STORE_URL,
    hosts: {
      seen: async () => await hostsSeen(present(near).store, present(near).identity),
      examine: (host, others) => examine(present(near).queues, { host, others }),
    },
    slack: {
      look: look ?? slackLookOf({ tokens, ...slackApiUrl }),
      channel: config.SLACK_CHANNEL,
      roles: rolesOf(config),
      approversNeeded: config.FERRY_APPROVERS_NEEDED,
      twoPersons: config.FERRY_TWO_PERSONS,
      connections,
    },
  };
}

function present(near: Near | undefined): Near {
  if (near) return near;
  throw new Problem('doctor-hosts-unknown');
}
