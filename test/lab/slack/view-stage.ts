/** A stand-in and a bot with a modal, for tests of views: started once, fresh before each test. */

import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import type { OpenView } from '../../../src/lab/slack/view.ts';
import { until } from '../../until.ts';
import { type ModalBot, moveView, option, startModalBot } from './modal-bot.ts';
import { plain, type RuleSlack, startRuleSlack } from './rule-slack.ts';

export const bare = (more: object) => ({ type: 'modal', title: plain('T'), blocks: [], ...more });

/** Registers the hooks of the test file; `slack()` and `app()` are there while a test runs. */
export function useViewStage() {
  let standing: { readonly slack: RuleSlack; readonly app: ModalBot } | undefined;
  const started = () => {
    if (!standing) throw new Error('It is there while a test runs');
    return standing;
  };
  const slack = () => started().slack;
  const app = () => started().app;

  beforeAll(async () => {
    const rules = await startRuleSlack({ ackWithinMs: 10_000 });
    standing = { slack: rules, app: await startModalBot(rules.standIn) };
  });

  afterAll(async () => {
    await app().bot.stop();
    await slack().stop();
  });

  beforeEach(async () => {
    for (const user of ['olga', 'zoe']) {
      const [root] = await slack().standIn.views(user);
      if (root) await slack().standIn.dismiss(user, root.viewId);
    }
    app().heard.length = 0;
    app().view = moveView({});
    app().response = undefined;
    app().offer = { options: ['dc01', 'dc02'].map(option) };
    app().onMore = async () => undefined;
  });

  const views = () => slack().standIn.views('olga');
  const titles = async () => (await views()).map(({ view }) => view.title?.text);

  /** The modal that `/move` opens. */
  async function opened(view: object = moveView({})): Promise<OpenView> {
    app().view = view;
    await slack().standIn.say('olga', '/move');
    await until(async () => (await views()).length > 0);
    const top = (await views()).at(-1);
    if (!top) throw new Error('No view was opened');
    return top;
  }

  /** What Slack answers to `views.open` with this view, by a trigger of its own. */
  async function opening(view: object, method = 'views.open') {
    const trigger_id = await newTrigger();
    return slack().call(method, { trigger_id, view });
  }

  /** From a click that somebody else makes. */
  async function newTrigger(user = 'U-STRANGER'): Promise<string> {
    const button = { type: 'button', text: plain('Go'), action_id: 'go' };
    const { ts } = await slack().post({ blocks: [{ type: 'actions', elements: [button] }] });
    await slack().standIn.click(user, String(ts), 'go');
    return String(app().heard.at(-1)?.trigger_id);
  }

  async function refuses(view: object, says: string): Promise<void> {
    const reply = await opening(view);
    expect(reply).toMatchObject({ error: 'invalid_arguments', status: 200 });
    expect(JSON.stringify(reply.response_metadata)).toContain(says);
  }

  const host = (viewId: string, value: string) =>
    slack().standIn.choose('olga', { viewId, blockId: 'host', actionId: 'pick', value });
  const suggest = (viewId: string, typed: string) =>
    slack().standIn.options('olga', { viewId, blockId: 'vm', actionId: 'pick', typed });
  const more = (viewId: string) =>
    slack().standIn.choose('olga', { viewId, blockId: 'host', actionId: 'more' });
  const lastHeard = () => app().heard.at(-1);

  /** A modal with its VM picked, ready to be submitted. */
  async function filled(view?: object): Promise<string> {
    const { viewId } = await opened(view);
    await suggest(viewId, 'dc0');
    const vm = { viewId, blockId: 'vm', actionId: 'pick', value: 'dc02' };
    expect(await slack().standIn.choose('olga', vm)).toEqual({ outcome: 'not_sent' });
    return viewId;
  }

  return {
    slack,
    app,
    views,
    titles,
    opened,
    opening,
    newTrigger,
    refuses,
    host,
    suggest,
    more,
    lastHeard,
    filled,
  };
}
