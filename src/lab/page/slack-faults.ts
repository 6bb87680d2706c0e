/** What can be wrong between the bot and the lab's Slack, as switches and buttons of the page. */

import type { Lab } from '../machine.ts';
import type { Weather } from '../slack/weather.ts';
import { CHANNEL } from '../slack/workspace.ts';
import type { PageFault } from './faults.ts';

const LATE_MILLISECONDS = 2_000;

interface Condition {
  readonly id: string;
  readonly label: string;
  readonly what: string;
  readonly bad: Partial<Weather>;
  readonly fair: Partial<Weather>;
  isOn(weather: Weather): boolean;
}

const CONDITIONS: readonly Condition[] = [
  {
    id: 'slack-away',
    label: 'Slack is away',
    what: 'Every Web API call is cut without an answer. Alerts must come later, marked late.',
    bad: { webApi: 'down' },
    fair: { webApi: 'up' },
    isOn: ({ webApi }) => webApi === 'down',
  },
  {
    id: 'slack-500',
    label: 'Slack answers 500',
    what: 'Every Web API call fails with a server error.',
    bad: { webApi: 'http-500' },
    fair: { webApi: 'up' },
    isOn: ({ webApi }) => webApi === 'http-500',
  },
  {
    id: 'strict-rates',
    label: 'Next to no calls allowed',
    what: 'Rate limits with 429 and Retry-After after very few calls.',
    bad: { rateLimits: 'strict' },
    fair: { rateLimits: 'off' },
    isOn: ({ rateLimits }) => rateLimits === 'strict',
  },
  {
    id: 'repeated',
    label: 'Everything is delivered twice',
    what: 'Each command, click and event comes again. It must count once.',
    bad: { envelopesRepeated: true },
    fair: { envelopesRepeated: false },
    isOn: ({ envelopesRepeated }) => envelopesRepeated,
  },
  {
    id: 'reordered',
    label: 'Deliveries out of order',
    what: 'What is sent later may come first.',
    bad: { envelopesReordered: true },
    fair: { envelopesReordered: false },
    isOn: ({ envelopesReordered }) => envelopesReordered,
  },
  {
    id: 'late',
    label: `Deliveries ${LATE_MILLISECONDS / 1000} s late`,
    what: 'The three seconds for an answer have begun before the bot hears of it.',
    bad: { envelopesLateMs: LATE_MILLISECONDS },
    fair: { envelopesLateMs: 0 },
    isOn: ({ envelopesLateMs }) => envelopesLateMs > 0,
  },
  {
    id: 'acks-lost',
    label: 'Answers get lost',
    what: 'The bot acts and says so; Slack never hears it and shows a time-out.',
    bad: { acksLost: true },
    fair: { acksLost: false },
    isOn: ({ acksLost }) => acksLost,
  },
  {
    id: 'not-in-channel',
    label: `Bot removed from #${CHANNEL.name}`,
    what: 'Slack refuses its messages there until it is invited again.',
    bad: { notInChannels: [CHANNEL.id] },
    fair: { notInChannels: [] },
    isOn: ({ notInChannels }) => notInChannels.includes(CHANNEL.id),
  },
];

const place = 'slack' as const;

export const slackFaults: readonly PageFault[] = [
  ...CONDITIONS.map(({ id, label, what, bad, fair }) => ({
    id,
    place,
    label,
    what,
    isSwitch: true,
    act: async ({ slack }: Lab, { on }: { on: boolean }) => {
      await slack.weather(on ? bad : fair);
    },
  })),
  {
    id: 'refresh',
    place,
    label: 'Refresh a connection',
    what: 'Slack asks one connection to leave, as it does every few hours.',
    isSwitch: false,
    act: ({ slack }) => slack.disconnect('refresh_requested'),
  },
  {
    id: 'cut-connections',
    place,
    label: 'Cut all connections',
    what: 'As a lost network does: without a word.',
    isSwitch: false,
    act: ({ slack }) => slack.cutConnections(),
  },
  {
    id: 'unknown-post',
    place,
    label: 'Cut the next post after storing it',
    what: 'The message stands in the channel and the bot does not know. It must not post it twice.',
    isSwitch: false,
    act: ({ slack }) => slack.fail('chat.postMessage', 'stored-then-cut'),
  },
];

/** The ids of the conditions that are on. */
export async function slackSwitchedOn({ slack }: Lab): Promise<string[]> {
  const weather = await slack.weather({});
  return CONDITIONS.filter(({ isOn }) => isOn(weather)).map(({ id }) => id);
}
