/** A small bot on the real Bolt 5, to see the stand-in as the bot sees it. */

import bolt from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { StandInAddresses } from '../../../src/lab/slack/stand-in.ts';

export type App = InstanceType<typeof bolt.App>;
type Receiver = InstanceType<typeof bolt.SocketModeReceiver>;

const ignore = () => undefined;

/** Bolt's own log would hide what a failing test says. */
const silent = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  setLevel: ignore,
  getLevel: () => bolt.LogLevel.ERROR,
  setName: ignore,
};

export interface Bot {
  readonly app: App;
  stop(): Promise<void>;
}

export interface BotOptions {
  readonly receivers?: number;
  /** Also the time before Bolt connects again, in milliseconds. */
  readonly clientPingTimeout?: number;
}

/**
 * Starts Bolt with its listeners; `stop` resolves when its sockets are closed. Not to be stopped
 * at the moment of a cut: socket-mode 3.1 then keeps a timer of 30 s, and jest waits for it.
 */
export async function startBot(
  { apiUrl, appToken, botToken }: StandInAddresses,
  listen: (app: App) => void,
  { receivers: count = 1, clientPingTimeout = 5_000 }: BotOptions = {},
): Promise<Bot> {
  const clientOptions = { slackApiUrl: apiUrl };
  const receivers = Array.from({ length: count }, (): Receiver => {
    const installerOptions = { clientOptions };
    return new bolt.SocketModeReceiver({
      appToken,
      installerOptions,
      clientPingTimeout,
      logger: silent,
    });
  });
  const [receiver] = receivers;
  if (!receiver) throw new Error('A bot needs a receiver');
  const app = new bolt.App({
    token: botToken,
    receiver,
    clientOptions,
    deferInitialization: true,
    logger: silent,
  });
  listen(app);
  await app.init();
  for (const other of receivers.slice(1)) other.init(app);
  await Promise.all(receivers.map(async (one) => one.start()));
  const stop = async () => {
    await Promise.all(receivers.splice(0).map(stopReceiver));
  };
  return { app, stop };
}

/** Bolt's own stop resolves before the socket is closed. */
async function stopReceiver(receiver: Receiver): Promise<void> {
  const closed = new Promise((resolve) => receiver.client.once('disconnected', resolve));
  await receiver.stop();
  await closed;
}

export const webClientOf = ({ apiUrl, botToken }: StandInAddresses): WebClient =>
  new WebClient(botToken, {
    slackApiUrl: apiUrl,
    logger: silent,
    retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 1 },
  });

export const buttonBlock = (actionId: string, label: string, value: string) => ({
  type: 'actions' as const,
  elements: [
    {
      type: 'button' as const,
      text: { type: 'plain_text' as const, text: label },
      action_id: actionId,
      value,
    },
  ],
});
