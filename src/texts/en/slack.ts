/** Words of the chat edge: problems that it finds itself. Labels and sentences of messages: `chat.ts`. */

import type { TextOf } from '../catalogue.ts';
import { listText } from './amounts.ts';

export const slackProblems = {
  'not-an-operator': () => ({
    text: 'You are not one of the operators, who may ask for this.',
    remedy: 'Ask an operator to do it, or to have you added to FERRY_OPERATORS of the bot.',
  }),
  'not-an-approver': () => ({
    text: 'You are not one of the approvers, so your click changes nothing.',
    remedy: 'Ask an approver to click, or to have you added to FERRY_APPROVERS of the bot.',
  }),
  'without-a-role': () => ({
    text: 'You are neither an operator nor an approver, who may ask for this.',
    remedy:
      'Ask one of them to do it, or to have you added to FERRY_OPERATORS or FERRY_APPROVERS of the bot.',
  }),
  'not-a-viewer': () => ({
    text: 'You have no role here: viewers, operators and approvers may look.',
    remedy: 'Ask one of them, or have yourself added to FERRY_VIEWERS of the bot.',
  }),
  'plan-not-current': ({ operation }) => ({
    text: `Your click changed nothing: ${operation} has moved on.`,
    remedy: `Its message shows what can be done now; or type "/migrate status ${operation}".`,
  }),
  'plan-replaced': ({ operation }) => ({
    text: `Your click changed nothing: ${operation} asks for another plan by now.`,
    remedy: 'Its message shows what is different. Look at it, then approve there.',
  }),
  'already-approved': ({ operation }) => ({
    text: `Your approval of ${operation} counts already.`,
    remedy: 'Nothing to do: the message shows who else is needed.',
  }),
  'click-unknown': ({ action }) => ({
    text: `This button (${action}) is none that the bot knows.`,
    remedy: 'Type "/migrate status" for the newest state; the message may be of an older version.',
  }),
  'slack-token-refused': ({ token, error }) => ({
    text: `Slack refuses the ${token} token: ${error}.`,
    remedy:
      token === 'app'
        ? 'Set SLACK_APP_TOKEN to an app-level token (xapp-…) with connections:write of this app.'
        : 'Set SLACK_BOT_TOKEN to the bot token (xoxb-…) of this app; reinstall it if it was revoked.',
  }),
  'slack-unreachable': ({ url, error }) => ({
    text: `Slack cannot be reached at ${url}: ${error}.`,
    remedy: 'Check network, proxy (HTTPS_PROXY with NODE_USE_ENV_PROXY=1) and name resolution.',
  }),
  'slack-channel-refused': ({ channel, error }) => ({
    text: `The bot cannot write in channel ${channel}: ${error}.`,
    remedy: 'Invite it there with /invite, or set SLACK_CHANNEL to a channel that it is in.',
  }),
  'slack-call-failed': ({ method, error }) => ({
    text: `It is not known whether Slack did ${method}: ${error}.`,
    remedy: 'The bot looks and tries again by itself; if it goes on, check the network.',
  }),
  'slack-call-refused': ({ method, error }) => ({
    text: `Slack refuses ${method}: ${error}.`,
    remedy: 'The bot tries again by itself; if it goes on, look at the scopes of the app.',
  }),
  'slack-rate-limited': ({ method, waitSeconds }) => ({
    text: `Slack asks to wait ${waitSeconds} s before the next ${method}.`,
    remedy: 'Nothing to do: the bot waits.',
  }),
  'slack-message-gone': ({ channel, ts }) => ({
    text: `The message ${ts} in ${channel} is gone or can no longer be edited.`,
    remedy: 'Nothing to do: the bot posts a new one.',
  }),
  'slack-roles-missing': ({ missing }) => ({
    text: `Nobody is named in ${listText(missing)}.`,
    remedy: 'Name Slack user ids (U…), separated by commas: names can be changed by their owners.',
  }),
} satisfies Record<string, TextOf>;
