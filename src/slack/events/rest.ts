/**
 * What the bot does not know: acknowledged, or Slack shows its user an error and sends it again
 * (facts: Slack, section 2). Commands, mentions, and clicks have listeners that take everything.
 */

import type { AllMiddlewareArgs, App, SlackShortcutMiddlewareArgs } from '@slack/bolt';
import type { Edge } from '../edge.ts';
import { reply } from '../reply.ts';
import { problemAnswer } from '../views/answers.ts';
import { named } from '../views/blocks.ts';

/** Views of ours begin so and have listeners of their own; Bolt would run both. */
const NOT_OURS = /^(?!ferry\.)/;

export function registerRest(app: App, edge: Edge): void {
  app.shortcut(/.*/, (args) => onShortcut(args, edge));
  app.view({ callback_id: NOT_OURS, type: 'view_submission' }, async ({ ack, view }) => {
    await ack();
    edge.log('slack-view-unknown', { view: view.callback_id });
  });
  app.view({ callback_id: NOT_OURS, type: 'view_closed' }, async ({ ack }) => ack());
  app.options(/.*/, async ({ ack, body }) => {
    const isOurs = 'view' in body && body.view && !NOT_OURS.test(body.view.callback_id);
    if (!isOurs) await ack({ options: [] });
  });
}

/** A shortcut on a message can be answered; a global one has no place for an answer. */
export async function onShortcut(
  args: SlackShortcutMiddlewareArgs & AllMiddlewareArgs,
  edge: Edge,
): Promise<void> {
  await args.ack();
  const { callback_id: name, user } = args.shortcut;
  edge.log('slack-shortcut-unknown', { name, user: user.id });
  if (args.shortcut.type !== 'message_action' || !args.respond) return;
  const { respond, client } = args;
  const { id: channel } = args.shortcut.channel;
  const problem = { code: 'shortcut-unknown', facts: { name: named(name) } };
  const answer = problemAnswer(problem, await edge.wordsFor(user.id));
  await reply(answer, { respond, client, user: user.id, channel, log: edge.log });
}
