/** The form of `/migrate` alone: the real Bolt against the Slack stand-in, operations in memory. */

import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import type { SlackStandIn } from '../../src/lab/slack/stand-in.ts';
import type { OpenView } from '../../src/lab/slack/view.ts';
import type { BotOptions } from '../../src/slack/app.ts';
import type { Decision, Preview } from '../../src/slack/ports.ts';
import { until } from '../until.ts';
import { hostRowOf, OPERATOR, STRANGER, viewOf } from './fake-operations.ts';
import { type Stage, stageOfTest } from './stage.ts';

interface FormStage extends Pick<Stage, 'slack' | 'operations' | 'logged'> {
  readonly decisions: Decision[];
}

async function stage(changes: Partial<BotOptions> = {}): Promise<FormStage> {
  const decisions: Decision[] = [];
  const audit = { record: async (decision: Decision) => void decisions.push(decision) };
  const { slack, operations, logged } = await stageOfTest({ audit, ...changes });
  const rows = [hostRowOf(), hostRowOf({ name: 'hv-b', vms: [] })];
  operations.hosts = async () => rows;
  return { slack, operations, decisions, logged };
}

const topOf = async (slack: SlackStandIn, user = OPERATOR): Promise<OpenView | undefined> =>
  (await slack.views(user)).at(-1);

/** The person's form, once it shows these words. */
async function formWith(slack: SlackStandIn, words: string): Promise<OpenView> {
  let top: OpenView | undefined;
  await until(async () => {
    top = await topOf(slack);
    return top !== undefined && JSON.stringify(top.view).includes(words);
  });
  if (!top) throw new Error('No form');
  return top;
}

async function opened(changes: Partial<BotOptions> = {}): Promise<FormStage & { form: OpenView }> {
  const all = await stage(changes);
  await all.slack.say(OPERATOR, '/migrate');
  return { ...all, form: await formWith(all.slack, 'Choose a VM and a host') };
}

const choose = (slack: SlackStandIn, { viewId }: OpenView, [field, value]: [string, string]) =>
  slack.choose(OPERATOR, { viewId, blockId: field, actionId: `ferry.${field}`, value });

const filled = async (slack: SlackStandIn, form: OpenView): Promise<OpenView> => {
  await choose(slack, form, ['vm', 'hv-a/dc02']);
  await choose(slack, form, ['target', 'hv-b']);
  return await formWith(slack, 'What will happen');
};

describe('/migrate alone', () => {
  it('opens a form with the VMs of the hosts, and checks what is chosen', async () => {
    const { slack, form, operations, decisions } = await opened();
    expect(JSON.stringify(form.view)).toContain('dc02 (running)');
    const checked = await filled(slack, form);
    expect(JSON.stringify(checked.view)).toContain('Approving accepts');
    expect(operations.asked).toEqual(['preview dc02 hv-b']);
    expect(decisions).toEqual([]);
  });

  it('becomes a plan like that of the typed command, and is in the audit', async () => {
    const { slack, form, operations, decisions, logged } = await opened();
    const checked = await filled(slack, form);
    const { outcome, errors, refusal } = await slack.submit(OPERATOR, checked.viewId, {
      limit: { 'ferry.limit': '50MB/s' },
      pause: { 'ferry.pause': '90s' },
    });
    expect([outcome, errors, refusal]).toEqual(['acknowledged', undefined, undefined]);
    await formWith(slack, 'The plan is made: m1');
    expect(operations.asked).toContain(`propose dc02 hv-b ${OPERATOR}`);
    expect(decisions.map(({ how, what, outcome: came }) => [how, what, came])).toEqual([
      ['modal', 'migrate', 'asked'],
      ['modal', 'migrate', 'done'],
    ]);
    expect(decisions[0]?.text).toContain('"bytesPerSecondMax":50000000');
    expect(logged).toEqual([]);
  });

  it('shows the hosts of its channel alone, and refuses what is elsewhere at check and end', async () => {
    const channels = [
      { channel: 'C-MIGRATIONS', hosts: ['hv-a'] },
      { channel: 'C-OTHER', hosts: ['hv-b'] },
    ];
    const { slack, form, operations, decisions } = await opened({ channels });
    expect(JSON.stringify(form.view)).not.toContain('hv-b');
    operations.preview = async () => {
      throw new Problem('channel-not-for-hosts', { hosts: ['hv-z'] });
    };
    await choose(slack, form, ['vm', 'hv-a/dc02']);
    await choose(slack, form, ['target', 'hv-a']);
    await until(() => decisions.some(({ outcome }) => outcome === 'denied'));
    operations.refusals.set('dc02', new Problem('channel-not-for-hosts', { hosts: ['hv-z'] }));
    await slack.submit(OPERATOR, form.viewId);
    await until(() => decisions.filter(({ outcome }) => outcome === 'denied').length === 2);
    expect(decisions.at(-1)).toMatchObject({ how: 'modal', what: 'migrate' });
  });

  it('opens for nobody without the role, and says who has it', async () => {
    const { slack, decisions } = await stage();
    await slack.say(STRANGER, '/migrate');
    const answer = await slack.waitFor(({ ephemerals }) =>
      ephemerals.find(({ to }) => to === STRANGER),
    );
    expect(answer.text).toContain(`Who may: <@${OPERATOR}>`);
    expect(await slack.views(STRANGER)).toEqual([]);
    expect(decisions).toMatchObject([{ how: 'modal', what: 'migrate', outcome: 'denied' }]);
  });

  it('says what is wrong at the field itself, before anybody is asked', async () => {
    const { slack, form, operations } = await opened();
    const checked = await filled(slack, form);
    const { errors } = await slack.submit(OPERATOR, checked.viewId, {
      limit: { 'ferry.limit': 'fast' },
    });
    expect(errors).toEqual({
      limit: '"fast" is no value that is understood here. Write it like this: 50MB/s.',
    });
    expect(operations.asked).not.toContain(`propose dc02 hv-b ${OPERATOR}`);
  });

  it('says at the field what the hosts refuse, and can be sent again', async () => {
    const { slack, form, operations, decisions } = await opened();
    const checked = await filled(slack, form);
    operations.refusals.set('dc02', new Problem('vm-claimed', { vm: 'dc02', holder: 'm7' }));
    const { errors } = await slack.submit(OPERATOR, checked.viewId);
    expect(errors).toEqual({ vm: expect.stringContaining('dc02 is being worked on by m7.') });
    expect(decisions.at(-1)).toMatchObject({ outcome: 'refused', problem: { code: 'vm-claimed' } });
    operations.refusals.delete('dc02');
    await slack.submit(OPERATOR, checked.viewId);
    await formWith(slack, 'The plan is made: m1');
  });

  it('keeps its fields when the checks refuse, with what they found', async () => {
    const { slack, form, operations } = await opened();
    const checked = await filled(slack, form);
    const facts = { vm: 'dc02', host: 'hv-a', state: 'Saved' };
    const blocker = { check: 'vm-state', severity: 'blocker', code: 'vm-state', facts } as const;
    operations.refusals.set('dc02', [blocker]);
    await slack.submit(OPERATOR, checked.viewId);
    const again = await formWith(slack, 'dc02 on hv-a is Saved');
    expect(again.view.submit).toBeDefined();
    expect(again.values.target?.['ferry.target']).toMatchObject({
      selected_option: { value: 'hv-b' },
    });
  });

  it('answers a submission in time though the hosts take longer, and shows the plan then', async () => {
    const { slack, form, operations } = await opened();
    const checked = await filled(slack, form);
    const { promise, resolve } = Promise.withResolvers<void>();
    const { propose } = operations;
    operations.propose = async (request) => {
      await promise;
      return await propose(request);
    };
    const { outcome } = await slack.submit(OPERATOR, checked.viewId);
    expect(outcome).toBe('acknowledged');
    await formWith(slack, 'making the plan');
    resolve();
    await formWith(slack, 'The plan is made: m1');
  });

  it('tells whoever closed it meanwhile what came of it', async () => {
    const { slack, form, operations } = await opened();
    const checked = await filled(slack, form);
    const { promise, resolve } = Promise.withResolvers<void>();
    operations.propose = async () => {
      await promise;
      throw new Problem('host-away', { host: 'hv-b' });
    };
    await slack.submit(OPERATOR, checked.viewId);
    const planning = await formWith(slack, 'making the plan');
    await slack.dismiss(OPERATOR, planning.viewId);
    resolve();
    const answer = await slack.waitFor(({ ephemerals }) =>
      ephemerals.find(({ to }) => to === OPERATOR),
    );
    expect(answer.text).toContain('hv-b');
  });
});

describe('the live preview', () => {
  const previewOf = (changes: object): Preview => {
    const { plan } = viewOf();
    return { findings: [], plan: { ...plan, ...changes } };
  };

  it('of a choice that was changed meanwhile never overwrites the newer one', async () => {
    const { slack, form, operations } = await opened();
    const first = Promise.withResolvers<Preview>();
    operations.preview = () => first.promise;
    await choose(slack, form, ['vm', 'hv-a/dc02']);
    await choose(slack, form, ['target', 'hv-b']);
    await formWith(slack, 'Checking');
    operations.preview = async () => previewOf({ pauseSecondsMax: 77 });
    await choose(slack, form, ['target', 'hv-a']);
    await formWith(slack, 'at most 77 s');
    first.resolve(previewOf({ pauseSecondsMax: 33 }));
    // Another choice ends after whatever the late answer would have done.
    operations.preview = async () => previewOf({ pauseSecondsMax: 88 });
    await choose(slack, form, ['target', 'hv-b']);
    const shown = await formWith(slack, 'at most 88 s');
    expect(JSON.stringify(shown.view)).not.toContain('at most 33 s');
  });

  it('says in words why there is none', async () => {
    const { slack, form, operations } = await opened();
    operations.preview = async () => {
      throw new Problem('same-host', { vm: 'dc02', host: 'hv-b' });
    };
    await choose(slack, form, ['vm', 'hv-a/dc02']);
    await choose(slack, form, ['target', 'hv-b']);
    await formWith(slack, 'dc02 is already on hv-b.');
  });

  it('says which hosts do not answer, or that none does', async () => {
    const { slack, operations } = await stage();
    operations.hosts = async () => [hostRowOf({ state: 'away', vms: [] })];
    await slack.say(OPERATOR, '/migrate');
    const none = await formWith(slack, 'No host is ready');
    expect(JSON.stringify(none.view)).toContain('hv-a does not answer');
    operations.hosts = async () => {
      throw new Problem('store-unreachable', { url: 'redis://gone' });
    };
    await slack.dismiss(OPERATOR, none.viewId);
    await slack.say(OPERATOR, '/migrate');
    await formWith(slack, 'redis://gone');
  });

  it('finds one of more than a hundred VMs by what is typed', async () => {
    const [vm] = hostRowOf().vms;
    if (!vm) throw new Error('No VM');
    const vms = Array.from({ length: 150 }, (_, at) => ({ ...vm, name: `sql${at}` }));
    const { slack, operations } = await stage();
    operations.hosts = async () => [hostRowOf({ vms }), hostRowOf({ name: 'hv-b', vms: [] })];
    await slack.say(OPERATOR, '/migrate');
    const { viewId } = await formWith(slack, '150 VMs');
    const question = { viewId, blockId: 'vm', actionId: 'ferry.vm', typed: 'sql14' };
    const { options, refusal } = await slack.options(OPERATOR, question);
    expect(refusal).toBeUndefined();
    expect(options.map(({ value }) => value)).toEqual(
      ['sql14', ...Array.from({ length: 10 }, (_, at) => `sql14${at}`)].map((one) => `hv-a/${one}`),
    );
    expect((await slack.options(OPERATOR, { ...question, typed: 'web' })).options).toEqual([]);
  });
});
