/** Bolt's own log lines as ours. Debug is left out: it holds tokens and what people typed. */

import bolt, { type Logger } from '@slack/bolt';
import type { Log } from './ports.ts';

export function slackLogger(log: Log): Logger {
  const line =
    (event: string) =>
    (...parts: unknown[]) =>
      log(event, { message: parts.map(String).join(' ') });
  const silent = () => undefined;
  return {
    debug: silent,
    info: silent,
    warn: line('slack-warning'),
    error: line('slack-error'),
    setLevel: silent,
    getLevel: () => bolt.LogLevel.WARN,
    setName: silent,
  };
}
