/** Slash commands. Whatever name the workspace gave the command, its text is ours to answer. */

import type { AllMiddlewareArgs, App, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { isFirstDelivery } from '../deliveries.ts';
import type { Edge } from '../edge.ts';
import type { MigrateModal } from '../modal/listener.ts';
import { reply } from '../reply.ts';
import { answerTo } from './run-command.ts';

export function registerCommands(app: App, edge: Edge, modal: MigrateModal): void {
  app.command(/.*/, (args) => onCommand(args, edge, modal));
}

/** Acknowledged first: Slack waits three seconds, hosts may take longer. */
export async function onCommand(
  { ack, command, respond, client }: SlackCommandMiddlewareArgs & AllMiddlewareArgs,
  edge: Edge,
  modal: MigrateModal,
): Promise<void> {
  await ack();
  if (!(await isFirstDelivery(edge, `command ${command.trigger_id}`))) return;
  const asker = { user: command.user_id, channel: command.channel_id };
  const { text = '', trigger_id: triggerId } = command;
  // Nothing typed: a form asks for what a command would say.
  const answer =
    text.trim() === ''
      ? await modal.open({ asker, triggerId, client })
      : await answerTo(text, asker, edge);
  if (!answer) return;
  await reply(answer, { respond, client, ...asker, log: edge.log });
}
