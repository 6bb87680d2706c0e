/** What Slack tells about the app itself, for the doctor. It posts nothing and changes nothing. */

import webApi from '@slack/web-api';
import { Problem } from '../domain/problem.ts';
import { messageOf, refusalIn, SLACK_API_URL, saysNotInChannel, saysNotPermitted } from './api.ts';
import { slackLogger } from './logger.ts';

const CALL_TIMEOUT_MS = 5_000;

export type UserState = 'active' | 'deactivated' | 'bot' | 'absent';

/** Errors are Problems: `slack-token-refused`, `slack-call-refused`, `slack-unreachable`. */
export interface SlackLook {
  /** Whose the bot token is. `scopes` is absent when Slack does not name them. */
  bot(): Promise<{ user: string; team: string; scopes?: readonly string[] }>;
  /** Resolves when the app-level token opens connections. None is left open. */
  app(): Promise<void>;
  /** `cannot look` without a history scope. */
  isInChannel(channel: string): Promise<boolean | 'cannot look'>;
  user(id: string): Promise<UserState>;
  /** The ids of a user group's members. */
  group(id: string): Promise<readonly string[] | 'absent'>;
}

export interface SlackLookOptions {
  readonly tokens: { readonly bot: string; readonly app: string };
  /** With the trailing slash; Slack's own unless the lab's stand-in is meant. */
  readonly slackApiUrl?: string;
}

export function slackLookOf({ tokens, slackApiUrl }: SlackLookOptions): SlackLook {
  const url = slackApiUrl ?? SLACK_API_URL;
  const options = {
    slackApiUrl: url,
    timeout: CALL_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    // What goes wrong is the answer: a second telling in the log would only confuse.
    logger: slackLogger(() => undefined),
  };
  const client = new webApi.WebClient(tokens.bot, options);
  const appClient = new webApi.WebClient(tokens.app, options);
  const asked = async <T>(method: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw problemOf(method, url, error);
    }
  };
  return {
    async bot() {
      const {
        user = '',
        team = '',
        response_metadata: metadata,
      } = await asked('auth.test', () => client.auth.test());
      return { user, team, ...(metadata?.scopes ? { scopes: metadata.scopes } : {}) };
    },
    async app() {
      // The address is a ticket that nobody uses: it is no connection.
      await asked('apps.connections.open', () => appClient.apps.connections.open({}));
    },
    async isInChannel(channel) {
      const read = () => client.conversations.history({ channel, limit: 1 });
      try {
        await asked('conversations.history', read);
        return true;
      } catch (error) {
        const refused = refusalOf(error);
        if (saysNotInChannel(refused)) return false;
        if (saysNotPermitted(refused)) return 'cannot look';
        throw error;
      }
    },
    async user(id) {
      const read = asked('users.info', () => client.users.info({ user: id }));
      const found = await read.catch(unless('user_not_found'));
      if (!found) return 'absent';
      if (found.user?.deleted) return 'deactivated';
      return found.user?.is_bot ? 'bot' : 'active';
    },
    async group(id) {
      const read = asked('usergroups.users.list', () =>
        client.usergroups.users.list({ usergroup: id }),
      );
      const found = await read.catch(unless('no_such_subteam'));
      return found ? (found.users ?? []) : 'absent';
    },
  };
}

const TOKEN_REFUSED: readonly string[] = [
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
];

function problemOf(method: string, url: string, cause: unknown): Problem {
  const error = refusalIn(cause);
  if (error === undefined) {
    return new Problem('slack-unreachable', { url, error: messageOf(cause) }, { cause });
  }
  if (!TOKEN_REFUSED.includes(error)) {
    return new Problem('slack-call-refused', { method, error }, { cause });
  }
  const token = method === 'apps.connections.open' ? 'app' : 'bot';
  return new Problem('slack-token-refused', { token, error }, { cause });
}

const refusalOf = (error: unknown): string =>
  error instanceof Problem && error.code === 'slack-call-refused' ? String(error.facts.error) : '';

/** For a catch: `undefined` where Slack says that there is no such thing. */
const unless =
  (absent: string) =>
  (error: unknown): undefined => {
    if (refusalOf(error) !== absent) throw error;
  };
