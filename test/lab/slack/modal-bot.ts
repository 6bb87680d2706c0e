/** A bot on the real Bolt whose `/move` opens a modal, and whose answers the test chooses. */

import type { ViewResponseAction } from '@slack/bolt';
import type { SlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { type App, type Bot, startBot } from './bolt-bot.ts';
import { CHANNEL, plain } from './rule-slack.ts';

type Client = App['client'];
type ModalView = Parameters<Client['views']['open']>[0]['view'];

/** What Bolt gave the listeners, with the parts that tests look at. */
export interface Heard {
  readonly type: string;
  readonly trigger_id: string;
  readonly view?: {
    readonly id: string;
    readonly hash: string;
    readonly private_metadata: string;
    readonly state: { readonly values: Readonly<Record<string, unknown>> };
  };
  readonly is_cleared?: boolean;
  readonly value?: string;
  readonly [name: string]: unknown;
}

export interface ModalBot {
  readonly bot: Bot;
  readonly client: Client;
  readonly heard: Heard[];
  /** The view that the next `/move` opens. */
  view: object;
  /** The answer to the next submission. */
  response: object | undefined;
  /** The answer to the next suggestion. */
  offer: object;
  /** What the next click on `more` does with its trigger. */
  onMore: (heard: Heard) => Promise<unknown>;
}

export async function startModalBot(standIn: SlackStandIn): Promise<ModalBot> {
  const heard: Heard[] = [];
  const keep = (body: unknown) => {
    heard.push(body as Heard);
    return heard.at(-1) as Heard;
  };
  const parts = {
    heard,
    view: moveView({}),
    response: undefined as object | undefined,
    offer: { options: [] } as object,
    onMore: async (_heard: Heard): Promise<unknown> => undefined,
  };
  const bot = await startBot(standIn.addresses, (app) => {
    app.command('/move', async ({ ack, command, client }) => {
      await ack();
      const view = parts.view as ModalView;
      const opened = client.views.open({ trigger_id: command.trigger_id, view });
      await opened.catch(async ({ message: text }: Error) =>
        client.chat.postMessage({ channel: CHANNEL, text }),
      );
    });
    app.view(/.*/, async ({ ack, body }) => {
      keep(body);
      await ack(parts.response as ViewResponseAction);
    });
    app.view({ callback_id: /.*/, type: 'view_closed' }, async ({ ack, body }) => {
      keep(body);
      await ack();
    });
    app.options(/.*/, async ({ ack, body }) => {
      keep(body);
      await ack(parts.offer as { options: [] });
    });
    app.action(/.*/, async ({ ack, body }) => {
      const one = keep(body);
      await ack();
      await parts.onMore(one);
    });
  });
  return Object.assign(parts, { bot, client: bot.app.client });
}

export const option = (value: string) => ({ text: plain(value.toUpperCase()), value });

/** A modal that asks for a VM (external), a host (static, at once), and a note. */
export function moveView(more: object) {
  return {
    type: 'modal',
    title: plain('Move a VM'),
    submit: plain('Check'),
    close: plain('Cancel'),
    callback_id: 'move',
    private_metadata: 'from the command',
    blocks: [
      {
        type: 'input',
        block_id: 'vm',
        label: plain('VM'),
        element: { type: 'external_select', action_id: 'pick' },
      },
      {
        type: 'actions',
        block_id: 'host',
        elements: [
          { type: 'static_select', action_id: 'pick', options: ['hv-a', 'hv-b'].map(option) },
          { type: 'button', action_id: 'more', text: plain('More') },
        ],
      },
      {
        type: 'input',
        block_id: 'note',
        optional: true,
        label: plain('Note'),
        element: { type: 'plain_text_input', action_id: 'type', max_length: 10 },
      },
    ],
    ...more,
  };
}
