import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { viewOf as slackView } from '../../src/lab/slack/view-rules.ts';
import { OPTIONS } from '../../src/slack/commands/options.ts';
import {
  type Fields,
  NO_FIELDS,
  readFields,
  vmValue,
  wishOf,
} from '../../src/slack/modal/fields.ts';
import { form, metaOf, skeleton } from '../../src/slack/modal/form.ts';
import { sessionsOf } from '../../src/slack/modal/sessions.ts';
import { vmGroups } from '../../src/slack/modal/vm-list.ts';
import type { HostRow } from '../../src/slack/rows.ts';
import { section } from '../../src/slack/views/blocks.ts';
import { previewBlocks } from '../../src/slack/views/plan-preview.ts';
import { english, LANGUAGES, wordsIn } from '../../src/texts/words.ts';
import { hostRowOf, viewOf } from './fake-operations.ts';

const META = { channel: 'C-MIGRATIONS' };
const VM = hostRowOf().vms[0];
if (!VM) throw new Error('No VM');
const shown = [section('…')];
const hostOf = (name: string, vms: number): HostRow =>
  hostRowOf({ name, vms: Array.from({ length: vms }, (_, at) => ({ ...VM, name: `vm${at}` })) });

const LONG_NAMES = [hostRowOf({ vms: [{ ...VM, name: 'a'.repeat(200) }] })];

const texts = (view: object): string => JSON.stringify(view);

describe("the form's views", () => {
  it.each(LANGUAGES)('in %s are taken by Slack, whatever hosts and VMs are called', (language) => {
    const words = wordsIn(language);
    const text = fc.oneof(
      fc.string({ maxLength: 200, unit: 'binary' }),
      fc.constantFrom('<!channel>', '"', '&&&&', '\u202e', 'a'.repeat(200)),
    );
    const vm = fc.record({ name: text, state: text }).map((some) => ({ ...VM, ...some }));
    const host: fc.Arbitrary<HostRow> = fc.record({
      name: fc.stringMatching(/^[A-Za-z0-9]{1,63}$/),
      state: fc.constantFrom<HostRow['state']>('ready', 'away', 'not enrolled'),
      vms: fc.array(vm, { maxLength: 150 }),
      volumes: fc.array(
        text.map((path) => ({ path: `D${path}`, bytesFree: 1, bytesTotal: 2 })),
        { maxLength: 5 },
      ),
    });
    const fields: fc.Arbitrary<Fields> = fc.record({
      vm: fc.record({ host: fc.constant('hv-a'), name: text }),
      target: text,
      options: fc
        .array(fc.tuple(fc.constantFrom(...OPTIONS.map(({ name }) => name)), text))
        .map((all) => new Map(all)),
    });
    fc.assert(
      fc.property(fc.array(host, { maxLength: 4 }), fields, (hosts, filled) => {
        slackView(form({ hosts, fields: filled, shown }, META, words), 'modal');
      }),
      { numRuns: 30, examples: [[LONG_NAMES, NO_FIELDS]] },
    );
  });

  it.each(LANGUAGES)('in %s are taken with all that a preview shows', (language) => {
    const words = wordsIn(language);
    const { plan, findings } = viewOf();
    const many = Array.from({ length: 90 }, (_, at) => ({
      check: 'memory',
      severity: 'blocker' as const,
      code: 'memory',
      facts: { vm: `<&"${'x'.repeat(900)}`, host: String(at) },
    }));
    for (const preview of [{ findings, plan }, { findings: many }, { findings: many, plan }]) {
      const blocks = previewBlocks(preview, words);
      slackView(form({ hosts: [hostRowOf()], shown: blocks }, META, words), 'modal');
    }
  });

  it('begin with a sentence and no fields', () => {
    const view = skeleton(META, english);
    slackView(view, 'modal');
    expect(view.blocks.map(({ type }) => type)).toEqual(['section']);
    expect(metaOf(view.private_metadata)).toEqual(META);
    expect(metaOf('{')).toEqual({ channel: '' });
  });

  it('have a field for each option of the command', () => {
    const view = form({ hosts: [hostRowOf()], shown }, META, english);
    const ids = view.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : []));
    expect(ids).toEqual(['vm', 'target', ...OPTIONS.map(({ name }) => name)].map(ownVolume));
    const inputs = view.blocks.filter((block) => block.type === 'input');
    expect(inputs.every((one) => 'dispatch_action' in one && one.dispatch_action)).toBe(true);
  });

  it('list the VMs under their hosts, and say which hosts do not answer', () => {
    const hosts = [
      hostRowOf(),
      hostRowOf({ name: 'hv-b', state: 'away', vms: [] }),
      hostRowOf({ name: 'hv-c', state: 'not enrolled', vms: [] }),
    ];
    const view = form({ hosts, shown }, META, english);
    expect(view.blocks[0]).toMatchObject({
      element: {
        type: 'static_select',
        option_groups: [
          { label: { text: 'hv-a' }, options: [{ text: { text: 'dc02 (running)' } }] },
        ],
      },
    });
    expect(texts(view)).toContain('hv-b does not answer: VMs there are not listed.');
    expect(texts(view)).toContain('hv-c is not enrolled.');
  });

  it.each<[string, readonly HostRow[]]>([
    ['No host is ready.', [hostRowOf({ state: 'away', vms: [] })]],
    ['No host that answers has a VM.', [hostRowOf({ vms: [] })]],
  ])('say so without a button: %s', (words, hosts) => {
    const view = form({ hosts, shown }, META, english);
    expect(texts(view)).toContain(words);
    expect(view.submit).toBeUndefined();
  });

  it('search more than a hundred VMs by a part of their names', () => {
    const hosts = [hostOf('hv-a', 80), hostOf('hv-b', 80)];
    const view = form({ hosts, shown }, META, english);
    expect(view.blocks[0]).toMatchObject({ element: { type: 'external_select' } });
    expect(texts(view)).toContain('160 VMs: type a part of the name.');
    expect(vmGroups(hosts, english).flatMap(({ options }) => options)).toHaveLength(100);
    expect(vmGroups(hosts, english, 'HV-B/VM7').flatMap(({ options }) => options)).toHaveLength(11);
    expect(vmGroups(hosts, english, 'nothing')).toEqual([]);
  });

  it('keep what was chosen, and offer the volumes of the chosen target', () => {
    const hosts = [hostRowOf(), hostRowOf({ name: 'hv-b', vms: [] })];
    const fields = {
      vm: { host: 'hv-a', name: 'dc02' },
      target: 'hv-b',
      options: new Map([['limit', '50MB/s']] as const),
    };
    const view = form({ hosts, fields, shown }, META, english);
    expect(view.blocks[0]).toMatchObject({
      element: { initial_option: { value: vmValue('hv-a', 'dc02') } },
    });
    const block = (id: string) => view.blocks.find((one) => one.block_id === id);
    expect(block('target')).toMatchObject({ element: { initial_option: { value: 'hv-b' } } });
    expect(block('limit')).toMatchObject({ element: { initial_value: '50MB/s' } });
    expect(block('volume hv-b')).toMatchObject({
      element: { type: 'static_select', options: [{ value: 'D:' }] },
    });
  });

  it('say that a VM is not listed whose name is too long for a list', () => {
    const vms = [VM, { ...VM, name: 'n'.repeat(200) }];
    const view = form({ hosts: [hostRowOf({ vms })], shown }, META, english);
    expect(texts(view)).toContain('1 VM has a name too long for this list');
  });

  it.each([1, 120])('have no fields where none of %d VMs can be listed', (count) => {
    const vms = Array.from({ length: count }, () => ({ ...VM, name: 'n'.repeat(200) }));
    const view = form({ hosts: [hostRowOf({ vms })], shown }, META, english);
    slackView(view, 'modal');
    expect(view.submit).toBeUndefined();
    expect(texts(view)).toContain('too long for this list');
    expect(texts(view)).not.toContain(english.plan.modal.noVms);
  });

  it('open each list that asks the bot at once, before anything is typed', () => {
    const view = form({ hosts: [hostOf('hv-a', 101)], shown }, META, english);
    const inputs = view.blocks.filter((one) => one.type === 'input' && 'element' in one);
    const asking = inputs
      .map((one) => ('element' in one ? one.element : undefined))
      .filter((one) => one?.type === 'external_select');
    expect(asking.length).toBeGreaterThan(0);
    for (const one of asking) expect(one).toMatchObject({ min_query_length: 0 });
  });
});

const ownVolume = (id: string): string => (id === 'volume' ? 'volume ' : id);

describe('what is filled in', () => {
  const chosen = (value: string) => ({ type: 'static_select', selected_option: { value } });
  const typed = (value: string | null) => ({ type: 'plain_text_input', value });
  const state = (changes: object = {}) => ({
    vm: { 'ferry.vm': chosen('hv-a/sql 01/a') },
    target: { 'ferry.target': chosen('hv-b') },
    'volume hv-b': { 'ferry.volume': chosen('D:') },
    limit: { 'ferry.limit': typed(' 50MB/s ') },
    pause: { 'ferry.pause': typed('90s') },
    ...changes,
  });

  it('is the wish that a command with the same options makes', () => {
    expect(wishOf(readFields(state()), english)).toEqual({
      wish: {
        vm: 'sql 01/a',
        target: 'hv-b',
        volume: 'D:',
        bytesPerSecondMax: 50e6,
        pauseSecondsMax: 90,
      },
    });
  });

  it('is told at its field where it is missing or not understood', () => {
    const wrong = {
      limit: { 'ferry.limit': typed('fast') },
      pause: { 'ferry.pause': typed('a bit') },
    };
    expect(wishOf(readFields(state(wrong)), english)).toEqual({
      errors: {
        limit: '"fast" is no value that is understood here. Write it like this: 50MB/s.',
        pause: '"a bit" is no value that is understood here. Write it like this: 90s.',
      },
    });
    expect(wishOf(readFields({}), english)).toEqual({
      errors: { vm: 'Choose one.', target: 'Choose one.' },
    });
  });

  it('is nothing where Slack sent nothing of ours', () => {
    const nothing = [undefined, null, 7, 'x', [], { vm: 7 }, { vm: { 'ferry.vm': { value: {} } } }];
    for (const values of nothing) expect(readFields(values).vm).toBeUndefined();
    expect(readFields(state({ vm: { 'ferry.vm': chosen('no slash') } })).vm).toBeUndefined();
  });

  it('of another target is not taken along as a volume', () => {
    const { options } = readFields(state({ target: { 'ferry.target': chosen('hv-c') } }));
    expect(options.has('volume')).toBe(false);
  });

  it('never throws, whatever is in it', () => {
    fc.assert(
      fc.property(fc.anything(), (values) => {
        wishOf(readFields(values), english);
      }),
    );
  });
});

describe('an open form', () => {
  /** Slack's side: it keeps the views it was given, and refuses another one's hash. */
  const slackOf = () => {
    const views: string[] = [];
    let hash = 'h0';
    const update = async (args: { hash?: string; view: { private_metadata?: string } }) => {
      await Promise.resolve();
      if (args.hash !== undefined && args.hash !== hash) throw new Error('hash_conflict');
      views.push(args.view.private_metadata ?? '');
      hash = `h${views.length}`;
      return { view: { hash } };
    };
    const changeItself = () => {
      hash = 'other';
    };
    return { views, changeItself, client: { views: { update } } };
  };
  const viewOfText = (text: string) => ({ ...skeleton(META, english), private_metadata: text });
  const sessionOf = (slack: ReturnType<typeof slackOf>, logged: string[] = []) =>
    sessionsOf((event) => logged.push(event)).of({ id: 'V1', hash: 'h0' }, slack.client);

  it('never shows a late answer over a newer one, in whatever order they come', async () => {
    const slack = slackOf();
    const session = sessionOf(slack);
    const [first, second] = [session.begin(), session.begin()];
    expect(await session.show(second, viewOfText('second'))).toBe(true);
    expect(await session.show(first, viewOfText('first'))).toBe(false);
    const third = session.begin();
    const shown = [
      session.show(second, viewOfText('second, late')),
      session.show(third, viewOfText('third')),
      session.show(third, viewOfText('third, checked')),
    ];
    expect(await Promise.all(shown)).toEqual([false, true, true]);
    expect(slack.views).toEqual(['second', 'third', 'third, checked']);
  });

  it('shows nothing over what somebody else put there, and says so in the log', async () => {
    const slack = slackOf();
    const logged: string[] = [];
    const session = sessionOf(slack, logged);
    slack.changeItself();
    expect(await session.show(session.begin(), viewOfText('mine'))).toBe(false);
    expect([slack.views, logged]).toEqual([[], ['slack-modal-not-updated']]);
    // The answer to a submission is ours, though nobody told us its hash.
    session.replaced();
    expect(await session.show(session.begin(), viewOfText('mine'))).toBe(true);
  });

  it('is one session for as long as it is open, and forgotten ones are few', () => {
    const sessions = sessionsOf(() => undefined);
    const { client } = slackOf();
    const first = sessions.of({ id: 'V0' }, client);
    expect(sessions.of({ id: 'V0' }, client)).toBe(first);
    for (let other = 1; other <= 200; other += 1) sessions.of({ id: `V${other}` }, client);
    expect(sessions.of({ id: 'V0' }, client)).not.toBe(first);
    sessions.forget('V200');
  });
});
