/**
 * Slack's rules that the stand-in keeps, one row each. Each id names a test in `test/lab/slack` that
 * sends the violation; a test fails for an id without a test and for a test without an id.
 */

export interface Rule {
  readonly id: string;
  readonly sentence: string;
  /** Where it is known from: the section of facts/slack.md, or what it leaves to other pages. */
  readonly source: string;
}

const LIMITS = '§3 Limits';
const BLOCK_KIT = '§3 Block Kit';
const TYPES = 'doc comments of @slack/types 3.2.0';
const SLACK_DOCS = "Slack's method reference";

type Row = readonly [sentence: string, source: string];

const BLOCKS: Readonly<Record<string, Row>> = {
  'block-type-unknown': ['A block of a type that Slack does not know is refused.', BLOCK_KIT],
  'block-property-unknown': ['A property that Slack does not know is refused.', 'bolt-js #1891'],
  'block-alert-in-message': ['An alert block is taken in modals only.', BLOCK_KIT],
  'blocks-50-in-message': ['A message has at most 50 blocks.', LIMITS],
  'blocks-100-in-view': ['A modal or Home tab has at most 100 blocks.', LIMITS],
  'blocks-too-long': [
    'All blocks of a message together hold about 13,200 characters of JSON text.',
    LIMITS,
  ],
  'block-id-255': ['A block_id has at most 255 characters.', LIMITS],
  'block-id-duplicate': ['Two blocks of a message do not share a block_id.', TYPES],
  'action-id-255': ['An action_id has at most 255 characters.', TYPES],
  'action-id-duplicate': ['Two elements of an actions block do not share an action_id.', TYPES],
  'section-text-3000': ["A section's text has at most 3,000 characters.", LIMITS],
  'section-fields-10': ['A section has at most 10 fields of at most 2,000 characters.', LIMITS],
  'header-150': ['A header has at most 150 characters of plain text.', LIMITS],
  'context-10': ['A context block has at most 10 elements.', LIMITS],
  'actions-25': ['An actions block has at most 25 elements.', LIMITS],
  'button-text-75': ["A button's text has at most 75 characters of plain text.", LIMITS],
  'button-value-2000': ["A button's value has at most 2,000 characters.", LIMITS],
  'confirm-limits': ['A confirm dialog: title 100 characters, text 300, each button 30.', LIMITS],
  'markdown-12000': ['A markdown block has at most 12,000 characters.', LIMITS],
  'table-limits': ['A table has at most 100 rows of 20 columns.', BLOCK_KIT],
  'container-limits': [
    'A container holds at most 10 blocks, and no markdown, plan or task card.',
    BLOCK_KIT,
  ],
  'element-placement': [
    'A text input is no element of an actions block, a button none of an input block.',
    TYPES,
  ],
  'select-options-100': ['A menu has at most 100 options.', TYPES],
  'option-text-75': ["An option's text has at most 75 characters of plain text.", TYPES],
  'option-value-150': [
    "An option's value has at most 150 characters.",
    "Slack's reference of the option object",
  ],
  'input-label': ['An input block has a plain label of at most 2,000 characters.', TYPES],
};

const MESSAGES: Readonly<Record<string, Row>> = {
  'text-40000': ['A text is cut off after 40,000 characters.', LIMITS],
  'text-or-blocks': ['A message has a text or blocks.', SLACK_DOCS],
  'nested-json': [
    'Blocks and metadata come as JSON inside a form; what is no JSON is refused.',
    '§2 Web API side',
  ],
  'ephemeral-not-updated': [
    'An ephemeral message is changed by its response_url only, never by chat.update.',
    '§3 Conventions',
  ],
  'own-messages-only': ['An app edits and deletes its own messages only.', SLACK_DOCS],
  'response-url-5-uses': ['A response_url takes five answers.', LIMITS],
  'response-url-30-minutes': ['A response_url ends after 30 minutes.', LIMITS],
};

const ACCESS: Readonly<Record<string, Row>> = {
  'token-kinds': [
    'Each method takes one kind of token, of this app, and none without one.',
    '§2 Handshake',
  ],
  'scope-missing': [
    'A method whose scope was not granted says which is needed and which are there.',
    '§3 Conventions',
  ],
  'scopes-shown': ['Answers to a bot token name its scopes in x-oauth-scopes.', SLACK_DOCS],
  'scope-commands': [
    'Without the scopes commands and app_mentions:read, neither comes to the app.',
    '§3 Conventions',
  ],
  'not-in-channel': [
    'An app that was removed from a public channel cannot write there.',
    '§3 Conventions',
  ],
  'channel-not-found': [
    'A channel that is unknown, or private and without the app, is not found.',
    '§3 Conventions',
  ],
  'conversations-info': [
    'conversations.info says whether the app is a member, and hides private channels.',
    SLACK_DOCS,
  ],
  'usergroup-unknown': [
    'usergroups.users.list names the members of a group, and refuses an unknown one.',
    '§3 Conventions',
  ],
  'users-info-locale': [
    'users.info tells the locale only when it is asked for by include_locale.',
    SLACK_DOCS,
  ],
  'file-three-steps': [
    'A file is reserved, uploaded, then completed, in this order and once.',
    '§3 429 and retries: filesUploadV2',
  ],
};

const RATES: Readonly<Record<string, Row>> = {
  'rate-posting': ['Posting is limited to about one message a second for each channel.', LIMITS],
  'rate-tiers': [
    'Other methods are limited by tier, each by itself: chat.update to 50 a minute.',
    LIMITS,
  ],
  'rate-retry-after': [
    'A call too many gets HTTP 429 with Retry-After, and the client waits so long.',
    '§3 429 and retries',
  ],
  'web-api-down': [
    'The Web API can be away, by a cut connection or HTTP 500.',
    '§3 429 and retries',
  ],
  'stored-then-cut': [
    'A call may be done though its answer never came; a blind retry does it twice.',
    '§3 429 and retries',
  ],
};

const SOCKET: Readonly<Record<string, Row>> = {
  'hello-first': ['A connection begins with hello; the client waits for it.', '§2 Handshake'],
  'ticket-once': ['The address from apps.connections.open opens one connection.', '§2 Handshake'],
  'connections-10': [
    'There are at most 10 connections; the eleventh is sent away: too_many_websockets.',
    '§2 Disconnects',
  ],
  'connection-any-one': ['Each payload goes to one connection, to any of them.', '§2 Disconnects'],
  'disconnect-warning': [
    'A connection that is warned gets no payload any more, while another one does.',
    '§2 Disconnects',
  ],
  'disconnect-gap': [
    'While no connection is open, a command fails for the person: dispatch_failed.',
    '§2 Disconnects',
  ],
  'ping-pong': ["The client's pings are answered.", '§2 Disconnects'],
  'ack-3-seconds': [
    'A command that is not acknowledged within 3 s fails: operation_timeout.',
    '§2 Acks',
  ],
  'ack-late-ignored': ['A late or second ack does nothing.', '§2 Acks'],
  'ack-payload-optional': ['An ack is taken with an empty payload and without one.', '§2 Acks'],
  'ack-refused-blocks': [
    'An ack whose blocks Slack refuses is shown to the person as an error.',
    '§2 Acks',
  ],
  'frames-ignored': ['Frames that are no ack are ignored, and the link stays up.', '§2 Envelopes'],
  'accepts-response-payload': [
    'Commands and clicks take an answer with the ack, events do not.',
    '§2 Envelopes',
  ],
  'event-wrapped': ['An event always comes inside an event_callback.', '§2 Envelopes'],
  'event-retried': [
    'An event that was not acknowledged comes again, with retry_attempt and its reason.',
    '§3 Limits; vercel/chat #666',
  ],
  'envelope-repeated': [
    'An envelope may come twice, to two connections, with the same ids.',
    '§2 Disconnects',
  ],
  'envelope-reordered': ['An envelope may be overtaken by the next one.', '§2 Disconnects'],
  'envelope-late': [
    'An envelope may come after the person was told that it failed.',
    '§2 Disconnects',
  ],
  'ack-lost': [
    'An ack may be lost after the app acted: the person sees operation_timeout.',
    '§2 Acks',
  ],
  'command-in-thread': [
    'A slash command in a thread is refused by Slack itself.',
    '§2 Payload shapes',
  ],
  'command-escaped': [
    'With should_escape, people and channels come as references, the rest escaped.',
    '§3 Conventions',
  ],
};

const VIEWS: Readonly<Record<string, Row>> = {
  'trigger-3-seconds': ['A trigger_id ends after 3 s.', LIMITS],
  'trigger-once': ['A trigger_id opens one view.', LIMITS],
  'view-title-24': ["A modal's title is required and has at most 24 characters.", TYPES],
  'view-buttons-24': ["A modal's submit and close have at most 24 characters.", TYPES],
  'view-metadata-3000': ['private_metadata has at most 3,000 characters, callback_id 255.', TYPES],
  'view-submit-for-inputs': ['A modal with input blocks has a submit button.', TYPES],
  'view-250kb': ['A view has at most 250 kB.', SLACK_DOCS],
  'view-external-id': ['Two views do not share an external_id.', TYPES],
  'view-stack-3': ['At most three modals lie on each other: push_limit_reached.', SLACK_DOCS],
  'view-hash-conflict': [
    'An update with the hash of an older state of the view is refused.',
    SLACK_DOCS,
  ],
  'view-not-found': ['A view that the person closed cannot be updated.', SLACK_DOCS],
  'view-state-kept': [
    'An update keeps what was filled in where block_id and action_id stay the same.',
    '§2 Payload shapes',
  ],
  'view-response-actions': [
    'A submission is answered by errors, update, push or clear, or closes the view.',
    '§2 Acks',
  ],
  'view-answer-refused': [
    'An answer that breaks a rule leaves the view open and tells the app nothing.',
    'bolt-python #241',
  ],
  'view-closed-notify': [
    'view_closed comes only when notify_on_close is set, and says whether all went.',
    '§2 Payload shapes',
  ],
  'input-required': ['A submission without a required input is not sent.', TYPES],
  'input-not-dispatched': [
    'An input tells the app nothing before the submission, without dispatch_action.',
    TYPES,
  ],
  'select-dispatches': [
    'A menu outside input blocks tells the app at once, with the state of all fields.',
    '§2 Payload shapes',
  ],
  'suggestion-query-length': [
    'An external menu asks for options from min_query_length characters on, 3 by default.',
    TYPES,
  ],
  'suggestion-limits': ['More than 100 suggested options are shown as none.', TYPES],
};

export const RULES: readonly Rule[] = [BLOCKS, MESSAGES, ACCESS, RATES, SOCKET, VIEWS].flatMap(
  (rows) => Object.entries(rows).map(([id, [sentence, source]]) => ({ id, sentence, source })),
);
