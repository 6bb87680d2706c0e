/** What people are told when they type, click and fill in, and what the bot posts; in one language. */

import type { WebClient } from '@slack/web-api';
import {
  ACTIONS,
  EXPORT_AUDIT,
  UNENROLL,
  unenrollText,
  valueText,
} from '../../src/slack/actions/clicks.ts';
import { answerExport } from '../../src/slack/actions/export-audit.ts';
import { answerClick } from '../../src/slack/actions/run-click.ts';
import { answerUnenroll } from '../../src/slack/actions/unenroll-host.ts';
import { authorityOf } from '../../src/slack/authority.ts';
import { answerTo } from '../../src/slack/commands/run-command.ts';
import { checkBlocks } from '../../src/slack/modal/check.ts';
import { NO_FIELDS } from '../../src/slack/modal/fields.ts';
import type { Modal } from '../../src/slack/modal/form.ts';
import { onChoice, openForm } from '../../src/slack/modal/listener.ts';
import { onSubmit } from '../../src/slack/modal/on-submit.ts';
import type { ModalClient } from '../../src/slack/modal/parts.ts';
import { sessionsOf } from '../../src/slack/modal/sessions.ts';
import { showNotices } from '../../src/slack/notices.ts';
import { postsOf } from '../../src/slack/posts.ts';
import { showMessage } from '../../src/slack/shown.ts';
import { type Message, message, section } from '../../src/slack/views/blocks.ts';
import type { Words } from '../../src/texts/words.ts';
import { ROLES } from './edge.ts';
import { channelBench } from './fake-channel.ts';
import { APPROVER, OPERATOR, viewOf } from './fake-operations.ts';
import type { Shown } from './gallery-operations.ts';
import { alertOf } from './stage.ts';
import { underWay } from './under-way.ts';

const HOME = 'C-MIGRATIONS';
const here = { user: OPERATOR, channel: HOME };

/** As `underWay`, in these words. */
const edgeIn = async (words: Words) => ({ ...(await underWay()), wordsFor: async () => words });

const TYPED = [
  ...['status', 'history', 'cancel dc02', 'pause dc02', 'resume dc02', 'retry dc02'],
  ...['rollback dc02', 'limit dc02 50MB/s', 'limit dc02 off', 'enroll hv-b ABCDE'],
  ...['unenroll hv-b', 'align dc02 to hv-b every 15m', 'unalign dc02', 'restore dc02 on hv-b'],
  ...[
    'window hv-a 22:00-05:00 sat',
    'window hv-a off',
    'scheduled',
    'dc02 to hv-b yesterday at 3',
    'drain hv-a',
    'return hv-a',
    'delete copy dc02 on hv-b',
    'plan dc02 to hv-b',
    'dc02 to hv-b',
    'status sql01',
    'halp',
  ],
  ...['status dc01', 'history sql01', 'dc02 to hv-b limit fast', '"dc02', 'x'.repeat(500)],
];

async function* answersToTyping(words: Words): AsyncGenerator<Shown> {
  for (const typed of TYPED) {
    yield [`typed: ${typed}`, await answerTo(typed, here, await edgeIn(words))];
  }
  const edge = await edgeIn(words);
  const elsewhere = authorityOf(ROLES, { home: HOME, canPost: async () => false });
  const uninvited = { ...edge, authority: elsewhere };
  const there = { user: OPERATOR, channel: 'C-OTHER' };
  yield ['not invited', await answerTo('dc02 to hv-b', there, uninvited)];
  for (const approvers of [[OPERATOR], [OPERATOR, APPROVER]]) {
    const lonely = await edgeIn(words);
    const { view } = lonely.operations;
    lonely.operations.view = async (operation) => {
      const shown = await view(operation);
      return shown && { ...shown, approvals: { users: [], needed: 2, twoPersons: true } };
    };
    const authority = authorityOf({ ...ROLES, approvers });
    const answer = await answerTo('dc02 to hv-b', here, { ...lonely, authority });
    yield [`approvers: ${approvers.length}`, answer];
  }
  const unproven = await edgeIn(words);
  const { view } = unproven.operations;
  unproven.operations.view = async (operation) => {
    const shown = await view(operation);
    return shown && { ...shown, plan: { ...viewOf().plan, acknowledged: ['unproven'] } };
  };
  yield ['no administrator', await answerTo('dc02 to hv-b', here, unproven)];
}

async function* answersToClicks(words: Words): AsyncGenerator<Shown> {
  const edge = await edgeIn(words);
  const { operations } = edge;
  const alert = { ...alertOf('m1'), offers: ['retry', 'rollback'] as const };
  const approvals = { users: [], needed: 2, twoPersons: false };
  const planHash = (await operations.view('m1'))?.planHash ?? '';
  const click = async (action: keyof typeof ACTIONS, user: string): Promise<Shown> => {
    const value = valueText({ operation: 'm1', planHash, alert: alert.key });
    const clicked = { actionId: ACTIONS[action], value, user, channel: HOME };
    const answer = await answerClick(clicked, edge);
    if (!answer) throw new Error(`A click on ${action} is not answered`);
    return [`${action} by ${user}`, answer];
  };
  operations.change('m1', { state: { kind: 'asking', step: 'x' }, approvals });
  for (const user of [APPROVER, APPROVER, OPERATOR]) yield await click('approve', user);
  operations.change('m1', { state: { kind: 'needs a person', step: 'x' }, alerts: [alert] });
  for (const action of ['retry', 'rollback', 'acknowledge', 'approve', 'cancel'] as const) {
    yield await click(action, action === 'approve' ? APPROVER : OPERATOR);
  }
  for (const [lines, isCut] of [[0, false] as const, [12, true] as const]) {
    const exporting = { ...edge, exportAudit: async () => ({ lines, isCut }) };
    const asked = { actionId: EXPORT_AUDIT, value: '{}', ...here };
    yield [`export of ${lines}`, await answerExport(asked, exporting)];
  }
  const unenrolling = { actionId: UNENROLL, value: unenrollText('hv-b'), ...here };
  yield ['unenroll', await answerUnenroll(unenrolling, edge)];
  operations.change('m1', { state: { kind: 'rolled back', step: '' } });
  yield ['retry of what was rolled back', await answerTo('retry dc02', here, edge)];
}

const submittedView = (values: object) => {
  return { id: 'V1', private_metadata: JSON.stringify(here), state: { values } };
};
const saying = (blocks: Message['blocks']): Message => message('form', blocks);

async function* forms(words: Words): AsyncGenerator<Shown> {
  const edge = { ...(await edgeIn(words)), sessions: sessionsOf(() => undefined) };
  const asked = { asker: here, words };
  const opened: Modal[] = [];
  const client: ModalClient = {
    views: {
      open: async ({ view }) => ({ view: { id: `V${opened.push(view)}` } }),
      update: async ({ view }) => ({ view: { hash: `h${opened.push(view)}` } }),
    },
    chat: { postEphemeral: async () => undefined },
  };
  await openForm({ asker: here, triggerId: 't', client }, edge);
  const chosen = { vm: { host: 'hv-a', name: 'dc02' }, target: 'hv-b', options: new Map() };
  const wrong = new Map([['limit', 'fast'] as const]);
  const broken = { ...client, views: { ...client.views, open: () => Promise.reject(new Error()) } };
  const late = await openForm({ asker: here, triggerId: 't', client: broken }, edge);
  if (late) yield ['form, late', late];
  yield ['form, unchosen', saying(await checkBlocks(NO_FIELDS, asked, edge))];
  yield ['form, chosen', saying(await checkBlocks(chosen, asked, edge))];
  yield ['form, wrong', saying(await checkBlocks({ ...chosen, options: wrong }, asked, edge))];
  const state = {
    vm: { 'ferry.vm': { selected_option: { value: 'hv-a/dc02' } } },
    target: { 'ferry.target': { selected_option: { value: 'hv-b' } } },
  };
  const choosing = { user: { id: OPERATOR }, trigger_id: 'c', view: submittedView(state) };
  const chose = { ack: async () => undefined, body: choosing, client, action: {} };
  await onChoice(chose as unknown as Parameters<typeof onChoice>[0], edge);
  // The second is the same delivery again.
  for (const values of [state, state, {}]) {
    const ack = async (answer: { view?: Modal; errors?: Record<string, string> }) => {
      if (answer.view) opened.push(answer.view);
      const errors = Object.values(answer.errors ?? {}).map(section);
      if (errors.length > 0) opened.push({ ...(opened[0] as Modal), blocks: errors });
    };
    const body = { user: { id: OPERATOR }, trigger_id: 't' };
    const args = { ack, body, view: submittedView(values), client };
    await onSubmit(args as unknown as Parameters<typeof onSubmit>[0], edge);
  }
  for (const [at, form] of opened.entries()) yield [`form, turn ${at}`, form];
}

async function* posts(words: Words): AsyncGenerator<Shown> {
  const { slack, parts: english } = channelBench();
  const parts = { ...english, words };
  slack.closed.add('C-OTHER');
  await showMessage(viewOf({ channel: 'C-OTHER' }), parts);
  const state = { kind: 'needs a person', step: 'x' } as const;
  await showNotices(viewOf({ state, alerts: [alertOf('m1')] }), parts);
  for (const [at, { message: posted }] of slack.posted.entries()) yield [`post ${at}`, posted];
  for (const { title } of slack.files) yield ['report', message(title, [section(title)])];
  const sent: Message[] = [];
  const postMessage = async (content: Message) => ({ ts: `${sent.push(content)}` });
  const client = { chat: { postMessage } } as unknown as WebClient;
  const repeated = { text: 'm1', blocks: [] };
  const post = { key: 'k', place: { channel: HOME }, message: repeated, maybeRepeated: true };
  await postsOf(client, words).post(post);
  for (const { text, blocks } of sent) yield ['repeated', { text, blocks }];
}

export async function* flowsIn(words: Words): AsyncGenerator<Shown> {
  yield* answersToTyping(words);
  yield* answersToClicks(words);
  yield* forms(words);
  yield* posts(words);
}
