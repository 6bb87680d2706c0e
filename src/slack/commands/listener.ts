/** Slash commands. Whatever name the workspace gave the command, its text is ours to answer. */

import type { AllMiddlewareArgs, App, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { isFirstDelivery } from '../deliveries.ts';
import type { Edge } from '../edge.ts';
import { answerTo } from './run-command.ts';

export function registerCommands(app: App, edge: Edge): void {
  app.command(/.*/, (args) => onCommand(args, edge));
}

/** Acknowledged first: Slack waits three seconds, hosts may take longer. */
export async function onCommand(
  { ack, command, respond }: SlackCommandMiddlewareArgs & AllMiddlewareArgs,
  edge: Edge,
): Promise<void> {
  await ack();
  if (!(await isFirstDelivery(edge, `command ${command.trigger_id}`))) return;
  const { text, blocks } = await answerTo(command.text ?? '', command.user_id, edge);
  await respond({ response_type: 'ephemeral', text, blocks: [...blocks] });
}
