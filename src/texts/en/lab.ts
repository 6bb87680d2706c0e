/** Problems of the lab: its Slack stand-in. */

import type { TextOf } from '../catalogue.ts';

export const labProblems = {
  'slack-arguments': ({ reason }) => ({
    text: `The lab's Slack cannot start: ${reason}.`,
    remedy: 'Start it with: main.ts --dir DIR [--port N], N from 1 to 65535.',
  }),
  'slack-port-taken': ({ address, port }) => ({
    text: `The lab's Slack cannot listen on ${address}:${port}.`,
    remedy: 'Stop the lab that still runs in this folder, or choose another port with --port.',
  }),
  'slack-identity-damaged': ({ path }) => ({
    text: `${path} does not hold the port and tokens of the lab's Slack.`,
    remedy: 'Delete the file: the next start makes new ones.',
  }),
  'slack-messages-damaged': ({ path, line }) => ({
    text: `Line ${line} of ${path} is no message.`,
    remedy: 'Delete the line, or the file to start with an empty channel.',
  }),
  'slack-unknown-person': ({ person, known }) => ({
    text: `Nobody in the lab is called ${person}.`,
    remedy: `Use one of ${listOf(known)}.`,
  }),
  'slack-unknown-channel': ({ channel, known }) => ({
    text: `The lab has no channel ${channel}.`,
    remedy: `Use one of ${listOf(known)}.`,
  }),
  'slack-no-such-field': ({ place, field, fields }) => ({
    text: `This person sees no field ${field} in ${place}.`,
    remedy: `Its fields are: ${listOf(fields)}.`,
  }),
  'slack-no-such-option': ({ field, value, options }) => ({
    text: `The field ${field} cannot be set to ${value}.`,
    remedy: `Its options are: ${listOf(options)}.`,
  }),
  'slack-no-such-view': ({ person, viewId, open }) => ({
    text: `${person} does not have the view ${viewId} open, or not on top.`,
    remedy: `The open views are, the one on top last: ${listOf(open)}.`,
  }),
  'slack-no-such-button': ({ messageTs, actionId, actionIds }) => ({
    text: `The message ${messageTs} shows no button ${actionId} to this person.`,
    remedy: `Its buttons are: ${listOf(actionIds)}.`,
  }),
  'slack-wait-timeout': ({ what, waitSeconds, lastMessages }) => ({
    text: `Waited ${waitSeconds} s in vain for ${what}. Last messages: ${listOf(lastMessages)}.`,
    remedy: 'Look at the log of the bot for why it did not write it.',
  }),
  'slack-stand-in-unreachable': ({ url }) => ({
    text: `The lab's Slack does not answer at ${url}.`,
    remedy: 'Look whether its process still runs, and start the lab again.',
  }),
  'slack-control-token': ({ url }) => ({
    text: `The lab's Slack at ${url} does not take this control token.`,
    remedy: 'Use the controlToken that it printed when it started.',
  }),
  'slack-control-refused': ({ request, reason }) => ({
    text: `The lab's Slack refused "${request}": ${reason}.`,
    remedy: 'Use the lab and its Slack from the same version of Ferry.',
  }),
} satisfies Record<string, TextOf>;

function listOf(values: unknown): string {
  return Array.isArray(values) && values.length > 0 ? values.join(', ') : 'none';
}
