/** Slack's rules of modals and the Home tab, with Bolt as the app. */

import { describe, expect, it } from '@jest/globals';
import { until } from '../../until.ts';
import { moveView, option } from './modal-bot.ts';
import { list, mrkdwn, plain, x } from './rule-slack.ts';
import { bare, useViewStage } from './view-stage.ts';

const { slack, app, views, titles, opened, opening, newTrigger, refuses, host, more, filled } =
  useViewStage();

describe('triggers', () => {
  it('trigger-3-seconds: used a moment later', async () => {
    const late = await newTrigger();
    const inTime = await newTrigger();
    slack().clock.nowMs += 3_000;
    const open = (trigger_id: string) => slack().call('views.open', { trigger_id, view: bare({}) });
    expect(await open(inTime)).toMatchObject({ ok: true });
    slack().clock.nowMs += 1;
    expect(await open(late)).toMatchObject({ error: 'expired_trigger_id' });
  });

  it('trigger-once: used again, made up; one that was refused is not used', async () => {
    const trigger_id = await newTrigger();
    const open = (view: object) => slack().call('views.open', { trigger_id, view });
    expect(await open(bare({ blocks: [{ type: 'x' }] }))).toMatchObject({ ok: false });
    expect(await open(bare({}))).toMatchObject({ ok: true });
    expect(await open(bare({}))).toMatchObject({ error: 'exchanged_trigger_id' });
    const made = { trigger_id: '1.2.abc', view: bare({}) };
    expect(await slack().call('views.open', made)).toMatchObject({ error: 'invalid_trigger_id' });
  });
});

describe('views', () => {
  it('view-title-24: the 25th character, markup, and none', async () => {
    expect(await opening(bare({ title: plain(x(24)) }))).toMatchObject({ ok: true });
    await refuses(bare({ title: plain(x(25)) }), 'must be less than 25 characters');
    await refuses(bare({ title: mrkdwn('x') }), 'unsupported type: mrkdwn');
    await refuses({ type: 'modal', blocks: [] }, '/view/title');
    await refuses(bare({ type: 'dialog' }), '/view/type');
  });

  it('view-buttons-24: the 25th character of submit and close', async () => {
    for (const name of ['submit', 'close']) {
      expect(await opening(bare({ [name]: plain(x(24)) }))).toMatchObject({ ok: true });
      await refuses(bare({ [name]: plain(x(25)) }), `/view/${name}/text`);
    }
  });

  it('view-metadata-3000: the 3,001st character, and a callback_id of 256', async () => {
    const taken = bare({ private_metadata: x(3_000), callback_id: x(255) });
    expect(await opening(taken)).toMatchObject({ ok: true });
    await refuses(bare({ private_metadata: x(3_001) }), '/view/private_metadata');
    await refuses(bare({ callback_id: x(256) }), '/view/callback_id');
  });

  it('view-submit-for-inputs: an input and no submit', async () => {
    await refuses(bare({ blocks: moveView({}).blocks }), '/view/submit');
    await refuses(bare({ blocks: [{ type: 'markdown', text: 'x' }] }), 'unsupported type');
    const alert = bare({ blocks: [{ type: 'alert', text: plain('careful') }] });
    expect(await opening(alert)).toMatchObject({ ok: true });
  });

  it('view-250kb: many long sections', async () => {
    const blocks = list(100, () => ({ type: 'section', text: mrkdwn(x(2_600)) }));
    expect(await opening(bare({ blocks }))).toMatchObject({ error: 'view_too_large' });
    expect(await opening(bare({ blocks: blocks.slice(10) }))).toMatchObject({ ok: true });
  });

  it('blocks-100-in-view: the 101st block of a modal, of a Home tab', async () => {
    const blocks = list(101, () => ({ type: 'divider' }));
    await refuses(bare({ blocks }), 'no more than 100 items allowed [json-pointer:/view/blocks]');
    const publish = (some: object[]) =>
      slack().call('views.publish', {
        user_id: 'U-STRANGER',
        view: { type: 'home', blocks: some },
      });
    expect(await publish(blocks)).toMatchObject({ error: 'invalid_arguments' });
    expect(await publish(blocks.slice(1))).toMatchObject({ ok: true });
    expect((await slack().standIn.home('zoe'))?.view.blocks).toHaveLength(100);
  });

  it('view-external-id: a second view with the same one', async () => {
    await opened(moveView({ external_id: 'm42' }));
    expect(await opening(bare({ external_id: 'm42' }))).toMatchObject({
      error: 'duplicate_external_id',
    });
    const update = { external_id: 'm42', view: bare({}) };
    expect(await slack().call('views.update', update)).toMatchObject({ ok: true });
    expect(await slack().call('views.update', update)).toMatchObject({ error: 'not_found' });
  });

  it('view-stack-3: a fourth view, and a push on nothing', async () => {
    expect(await opening(bare({}), 'views.push')).toMatchObject({ error: 'invalid_trigger_id' });
    const replies: unknown[] = [];
    app().onMore = async ({ trigger_id }) => {
      const view = moveView({ title: plain(`View ${replies.length + 2}`) });
      replies.push(await slack().call('views.push', { trigger_id, view }));
    };
    await opened();
    for (const count of [1, 2, 3]) {
      await more((await views()).at(-1)?.viewId ?? '');
      await until(() => replies.length === count);
    }
    expect(replies).toMatchObject([{ ok: true }, { ok: true }, { error: 'push_limit_reached' }]);
    expect(await titles()).toEqual(['Move a VM', 'View 2', 'View 3']);
    const [first, second] = await views();
    expect(replies[0]).toMatchObject({
      view: { id: second?.viewId, root_view_id: first?.viewId, previous_view_id: first?.viewId },
    });
  });

  it('view-hash-conflict: an update that did not see the last one', async () => {
    const { viewId, view } = await opened();
    const update = (hash: string) =>
      slack().call('views.update', { view_id: viewId, hash, view: bare({ title: plain('New') }) });
    expect(await update(view.hash)).toMatchObject({ ok: true });
    expect(await update(view.hash)).toMatchObject({ error: 'hash_conflict' });
    expect(await titles()).toEqual(['New']);
  });

  it('view-not-found: a view that was closed', async () => {
    const { viewId } = await opened();
    await slack().standIn.dismiss('olga', viewId);
    const update = { view_id: viewId, view: bare({}) };
    expect(await slack().call('views.update', update)).toMatchObject({ error: 'not_found' });
  });

  it('view-state-kept: an update with other fields beside', async () => {
    const viewId = await filled();
    await host(viewId, 'hv-b');
    const [, hosts, note] = moveView({}).blocks;
    const vm = { ...moveView({}).blocks[0], block_id: 'other' };
    const update = { view_id: viewId, view: moveView({ blocks: [vm, hosts, note] }) };
    const reply = await slack().call('views.update', update);
    const values = {
      other: { pick: { type: 'external_select', selected_option: null } },
      host: { pick: { type: 'static_select', selected_option: option('hv-b') } },
      note: { type: { type: 'plain_text_input', value: null } },
    };
    expect(reply.view).toMatchObject({ state: { values } });
    expect((await views())[0]?.values).toEqual(values);
  });
});
