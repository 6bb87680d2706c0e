/** Slack's rules of submissions and fields, with Bolt as the app. */

import { describe, expect, it } from '@jest/globals';
import { moveView, option } from './modal-bot.ts';
import { list, plain, x } from './rule-slack.ts';
import { bare, useViewStage } from './view-stage.ts';

const { slack, app, views, titles, opened, host, suggest, lastHeard, filled } = useViewStage();

describe('submissions', () => {
  it('view-response-actions: errors, update, push, clear, nothing', async () => {
    const viewId = await filled();
    app().response = { response_action: 'errors', errors: { vm: 'It is being moved' } };
    const submit = async () => slack().standIn.submit('olga', (await views()).at(-1)?.viewId ?? '');
    const outcome = 'acknowledged';
    expect(await submit()).toEqual({ outcome, errors: { vm: 'It is being moved' } });
    const submitted = lastHeard();
    expect(submitted).toMatchObject({
      type: 'view_submission',
      user: { id: 'U-OPERATOR' },
      view: { id: viewId, callback_id: 'move', private_metadata: 'from the command' },
      response_urls: [],
    });
    expect(submitted?.view?.state.values).toMatchObject({
      vm: { pick: { selected_option: option('dc02') } },
    });
    app().response = { response_action: 'update', view: moveView({ title: plain('Sure?') }) };
    expect(await submit()).toEqual({ outcome });
    expect(await titles()).toEqual(['Sure?']);
    const pushed = bare({ title: plain('Last'), submit: plain('Go') });
    app().response = { response_action: 'push', view: pushed };
    await submit();
    expect(await titles()).toEqual(['Sure?', 'Last']);
    app().response = undefined;
    await submit();
    expect(await titles()).toEqual(['Sure?']);
    app().response = { response_action: 'push', view: pushed };
    await submit();
    app().response = { response_action: 'clear' };
    expect(await submit()).toEqual({ outcome });
    expect(await titles()).toEqual([]);
  });

  it('view-answer-refused: errors at no input, a title that is too long, a made-up answer', async () => {
    const viewId = await filled();
    for (const response of [
      { response_action: 'errors', errors: { host: 'not an input' } },
      { response_action: 'update', view: bare({ title: plain(x(25)) }) },
      { response_action: 'vanish' },
    ]) {
      app().response = response;
      const submitted = await slack().standIn.submit('olga', viewId);
      expect(submitted).toEqual({ outcome: 'acknowledged', refusal: 'invalid_arguments' });
      expect(await titles()).toEqual(['Move a VM']);
    }
  });

  it('view-closed-notify: closed with and without asking for it', async () => {
    const { viewId } = await opened();
    expect(await slack().standIn.dismiss('olga', viewId)).toEqual({ outcome: 'not_sent' });
    expect(app().heard).toEqual([]);
    for (const clear_on_close of [false, true]) {
      const asked = await opened(moveView({ notify_on_close: true, clear_on_close }));
      const { outcome } = await slack().standIn.dismiss('olga', asked.viewId);
      expect(outcome).toBe('acknowledged');
      expect(lastHeard()).toMatchObject({ type: 'view_closed', is_cleared: clear_on_close });
    }
    await expect(slack().standIn.dismiss('olga', viewId)).rejects.toMatchObject({
      code: 'slack-no-such-view',
    });
  });

  it('input-required: a submission without its VM, and with a note that is too long', async () => {
    const { viewId } = await opened();
    expect(await slack().standIn.submit('olga', viewId)).toEqual({
      outcome: 'not_sent',
      errors: { vm: 'Please complete this required field.' },
    });
    await suggest(viewId, 'dc0');
    const values = { vm: { pick: 'dc02' }, note: { type: x(11) } };
    expect(await slack().standIn.submit('olga', viewId, values)).toEqual({
      outcome: 'not_sent',
      errors: { note: 'Please enter at most 10 characters.' },
    });
    expect(app().heard.map(({ type }) => type)).toEqual(['block_suggestion']);
    const good = { ...values, note: { type: x(10) } };
    expect(await slack().standIn.submit('olga', viewId, good)).toEqual({ outcome: 'acknowledged' });
    expect(await views()).toEqual([]);
  });
});

describe('fields', () => {
  it('input-not-dispatched: a note that is typed', async () => {
    const { viewId } = await opened();
    const note = { viewId, blockId: 'note', actionId: 'type', value: 'tonight' };
    expect(await slack().standIn.choose('olga', note)).toEqual({ outcome: 'not_sent' });
    expect(app().heard).toEqual([]);
    const [vm, hosts, last] = moveView({}).blocks;
    const blocks = [vm, hosts, { ...last, dispatch_action: true }];
    await slack().call('views.update', { view_id: viewId, view: moveView({ blocks }) });
    expect(await slack().standIn.choose('olga', note)).toEqual({ outcome: 'acknowledged' });
    expect(app().heard).toMatchObject([{ actions: [{ action_id: 'type', value: 'tonight' }] }]);
  });

  it('select-dispatches: a host that is picked in a modal and in a message', async () => {
    const viewId = await filled();
    expect(await host(viewId, 'hv-b')).toEqual({ outcome: 'acknowledged' });
    const action = {
      type: 'static_select',
      block_id: 'host',
      action_id: 'pick',
      selected_option: option('hv-b'),
    };
    expect(lastHeard()).toMatchObject({
      type: 'block_actions',
      container: { type: 'view', view_id: viewId },
      actions: [action],
      view: { id: viewId, hash: (await views())[0]?.view.hash },
    });
    expect(lastHeard()?.view?.state.values).toMatchObject({
      vm: { pick: { selected_option: option('dc02') } },
      host: { pick: { selected_option: option('hv-b') } },
    });
    const { ts } = await slack().post({ text: 'x', blocks: moveView({}).blocks.slice(1, 2) });
    const messageTs = String(ts);
    const picked = { messageTs, blockId: 'host', actionId: 'pick', value: 'hv-a' };
    expect(await slack().standIn.choose('olga', picked)).toEqual({ outcome: 'acknowledged' });
    expect(lastHeard()).toMatchObject({
      message: { ts },
      actions: [{ ...action, selected_option: option('hv-a') }],
      state: { values: { host: { pick: { selected_option: option('hv-a') } } } },
    });
    await expect(
      slack().standIn.choose('olga', { ...picked, value: 'hv-z' }),
    ).rejects.toMatchObject({
      code: 'slack-no-such-option',
      facts: { field: 'host/pick', value: 'hv-z', options: ['hv-a', 'hv-b'] },
    });
  });

  it('suggestion-query-length: two characters, then three', async () => {
    const { viewId } = await opened();
    expect(await suggest(viewId, 'dc')).toEqual({ outcome: 'not_sent', options: [] });
    expect(app().heard).toEqual([]);
    app().offer = { option_groups: [{ label: plain('hv-a'), options: ['dc01'].map(option) }] };
    expect(await suggest(viewId, 'dc0')).toEqual({
      outcome: 'acknowledged',
      options: [{ text: 'DC01', value: 'dc01', group: 'hv-a' }],
    });
    expect(app().heard).toMatchObject([
      { type: 'block_suggestion', value: 'dc0', action_id: 'pick', view: { id: viewId } },
    ]);
  });

  it('suggestion-limits: a 101st option, and an answer without any', async () => {
    const { viewId } = await opened();
    const refusal = { outcome: 'acknowledged', options: [], refusal: 'invalid_arguments' };
    app().offer = { options: list(101, (index) => option(`vm${index}`)) };
    expect(await suggest(viewId, 'vm1')).toEqual(refusal);
    app().offer = {};
    expect(await suggest(viewId, 'vm1')).toEqual(refusal);
    app().offer = { options: [] };
    expect(await suggest(viewId, 'vm1')).toEqual({ outcome: 'acknowledged', options: [] });
  });
});
