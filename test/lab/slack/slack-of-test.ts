/** The Slack of the test that runs, with a clock of its own: started before it, stopped after it. */

import { afterEach, beforeEach } from '@jest/globals';
import type { StandInOptions } from '../../../src/lab/slack/stand-in.ts';
import { type RuleSlack, startRuleSlack } from './rule-slack.ts';

export const MINUTE_MS = 60_000;

export let slack: RuleSlack;

beforeEach(async () => {
  slack = await startRuleSlack();
});

afterEach(async () => slack.stop());

/** Another one in its place. */
export async function startAnew(options: StandInOptions = {}): Promise<void> {
  await slack.stop();
  slack = await startRuleSlack(options);
}

/** The texts in all channels. */
export const shown = async () => (await slack.standIn.messages()).map(({ text }) => text);
/** The texts that Olga alone sees. */
export const told = async () =>
  (await slack.standIn.ephemerals('U-OPERATOR')).map(({ text }) => text);
export const commandOf = ({ payload }: { payload?: object }) => payload as { command: string };
