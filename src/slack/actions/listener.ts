/** Clicks on buttons. Every click is acknowledged, and every one that changes nothing is told so. */

import type { AllMiddlewareArgs, App, BlockAction, SlackActionMiddlewareArgs } from '@slack/bolt';
import { isFirstDelivery } from '../deliveries.ts';
import type { Edge } from '../edge.ts';
import type { MigrateModal } from '../modal/listener.ts';
import { reply } from '../reply.ts';
import type { Message } from '../views/blocks.ts';
import { EXPORT_AUDIT, SHOW_FINDINGS, UNENROLL } from './clicks.ts';
import { answerExport } from './export-audit.ts';
import { answerClick, type Click } from './run-click.ts';
import { answerFindings } from './show-findings.ts';
import { answerUnenroll } from './unenroll-host.ts';

type ClickArgs = SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs;

export function registerActions(app: App, edge: Edge, modal: MigrateModal): void {
  app.action<BlockAction>({ type: 'block_actions', action_id: /.*/ }, (args) =>
    modal.owns(args.body) ? modal.onChoice(args) : onClick(args, edge),
  );
}

export async function onClick({ ack, action, body, respond, client }: ClickArgs, edge: Edge) {
  await ack();
  const { id: user } = body.user;
  // The trigger tells two quick clicks apart, which may share a timestamp; a delivery repeats both.
  const delivery = ['click', body.trigger_id, action.action_ts, user, action.action_id];
  if (!(await isFirstDelivery(edge, delivery.join(' ')))) return;
  const value = action.type === 'button' ? action.value : undefined;
  const channel = body.channel?.id ?? '';
  const answers = await answersTo({ actionId: action.action_id, value, user, channel }, edge);
  const threadTs: unknown = body.container.thread_ts;
  const thread = typeof threadTs === 'string' ? { threadTs } : {};
  // One after the other: the parts of one answer are read in their order.
  for (const answer of answers) {
    await reply(answer, { respond, client, user, channel, ...thread, log: edge.log });
  }
}

async function answersTo(click: Click, edge: Edge): Promise<readonly Message[]> {
  if (click.actionId === SHOW_FINDINGS) return await answerFindings(click, edge);
  if (click.actionId === EXPORT_AUDIT) return [await answerExport(click, edge)];
  if (click.actionId === UNENROLL) return [await answerUnenroll(click, edge)];
  const answer = await answerClick(click, edge);
  return answer ? [answer] : [];
}
