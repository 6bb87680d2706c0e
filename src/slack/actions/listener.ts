/** Clicks on buttons. Every click is acknowledged, and every one that changes nothing is told so. */

import type { AllMiddlewareArgs, App, BlockAction, SlackActionMiddlewareArgs } from '@slack/bolt';
import { isFirstDelivery } from '../deliveries.ts';
import type { Edge } from '../edge.ts';
import { answerClick } from './run-click.ts';

type ClickArgs = SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs;

export function registerActions(app: App, edge: Edge): void {
  app.action({ type: 'block_actions', action_id: /.*/ }, (args) => onClick(args, edge));
}

export async function onClick({ ack, action, body, respond }: ClickArgs, edge: Edge) {
  await ack();
  const { id: user } = body.user;
  // The trigger tells two quick clicks apart, which may share a timestamp; a delivery repeats both.
  const delivery = ['click', body.trigger_id, action.action_ts, user, action.action_id];
  if (!(await isFirstDelivery(edge, delivery.join(' ')))) return;
  const value = action.type === 'button' ? action.value : undefined;
  const answer = await answerClick({ actionId: action.action_id, value, user }, edge);
  if (!answer) return;
  const { text, blocks } = answer;
  await respond({
    response_type: 'ephemeral',
    replace_original: false,
    text,
    blocks: [...blocks],
  });
}
