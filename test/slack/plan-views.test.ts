import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Finding, Severity } from '../../src/domain/finding.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { contentOf } from '../../src/lab/slack/message-rules.ts';
import { ACTIONS, readValue, SHOW_FINDINGS, valueText } from '../../src/slack/actions/clicks.ts';
import { answerFindings } from '../../src/slack/actions/show-findings.ts';
import type { Estimate, MigrationView, StateKind } from '../../src/slack/operation-view.ts';
import type { Message } from '../../src/slack/views/blocks.ts';
import { operationMessage } from '../../src/slack/views/operation-message.ts';
import { findingsMessages } from '../../src/slack/views/plan-findings.ts';
import { boundLines, differenceLines, stepLines } from '../../src/slack/views/plan-lines.ts';
import { previewMessage } from '../../src/slack/views/plan-preview.ts';
import { english, LANGUAGES, wordsIn } from '../../src/texts/words.ts';
import { edgeOf } from './edge.ts';
import { OPERATOR, STRANGER, viewOf } from './fake-operations.ts';
import { buttonsOf, seen } from './message-parts.ts';

const GIB = 1024 ** 3;
const estimate: Estimate = {
  bytesToCopy: 12 * GIB,
  bytesPerSecond: 110e6,
  rateFrom: 'link',
  nominalBitsPerSecond: 1e9,
  measuredBytesPerSecond: 110e6,
  secondsToCopy: 360,
  pauseSeconds: 20,
  pauseFrom: 'assumed',
  stopAndStartSeconds: 15,
};

const finding = (severity: Severity, code: string, facts = {}): Finding => ({
  check: code,
  severity,
  code,
  facts: { vm: 'dc02', host: 'hv-b', subnet: '10.0.9.0/24', what: 'it', ...facts },
});

const planOf = (changes: Partial<Plan> = {}): Plan => ({ ...viewOf().plan, ...changes });

describe('what will happen', () => {
  it('is three sentences with what is copied, how long it is off, and what stays', () => {
    expect(stepLines(planOf(), estimate, english)).toEqual([
      "1. dc02's 1 disk (100 GiB, 12.0 GiB used) is copied to D: on hv-b over 10.0.9.0/24 " +
        'while it runs: about 6 min.',
      '2. After approval it is shut down on hv-a and started on hv-b: ' +
        'off for about 20 s, at most 60 s.',
      '3. Its disks on hv-a are kept as they were.',
    ]);
  });

  it('names a limit and leaves out what nobody estimated', () => {
    const [copied, off] = stepLines(
      planOf({ bytesPerSecondMax: 50 * 1024 ** 2 }),
      undefined,
      english,
    );
    expect(copied).toContain('over 10.0.9.0/24 with at most 50.0 MiB/s while it runs.');
    expect(off).toContain('off for at most 60 s.');
  });

  it('says what the figures are based on, and that the link was not measured and why', () => {
    const text = seen(operationMessage(viewOf({ estimate }), english));
    expect(text).toContain('The time is estimated from the link: 105 MiB/s.');
    expect(text).toContain('it carries 880 Mbit/s; its cards say 1 Gbit/s.');
    expect(text).toContain('The pause is assumed: dc02 was not moved before.');
    const { measuredBytesPerSecond: _, ...rest } = estimate;
    const facts = { host: '10.0.9.1', port: 7420, reason: 'no route' };
    const unmeasured = { ...rest, notMeasured: { code: 'peer-unreachable', facts } };
    const without = seen(operationMessage(viewOf({ estimate: unmeasured }), english));
    expect(without).toContain('The link was not measured; its cards say 1 Gbit/s.');
    expect(without).toMatch(/Why it was not measured: .*10\.0\.9\.1/);
  });

  it('is not told any more once it has happened', () => {
    for (const kind of ['cutting over', 'migrated', 'rolling back', 'needs a person'] as const) {
      const view = viewOf({ estimate, state: { kind, step: '' } });
      expect(seen(operationMessage(view, english))).not.toContain('What will happen');
    }
  });
});

describe('what people approve', () => {
  it('is each bound value by its name', () => {
    const text = boundLines(planOf({ acknowledged: ['dedicated-network'] }), english).join('\n');
    for (const line of [
      'method: copied while it runs',
      'volume: D:',
      'pause at most: 60 s',
      'networks: Network Adapter on LAN',
      'accepted warnings: dedicated-network',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).not.toContain('limit');
    expect(boundLines(planOf({ bytesPerSecondMax: 1024 ** 2 }), english).join('\n')).toContain(
      'limit: 1.0 MiB/s',
    );
  });

  it('is shown as a difference when it asks again, line by line', () => {
    const before = planOf();
    const plan = planOf({ pauseSecondsMax: 90, bytesPerSecondMax: 1024 ** 2 });
    const view = viewOf({ plan, planBefore: before, state: { kind: 'asking', step: 'recheck' } });
    const text = seen(operationMessage(view, english));
    expect(text).toContain('It asks again, because this differs from what was approved');
    expect(text).toContain('• pause at most: 60 s -&gt; 90 s');
    expect(text).toContain('• limit: none -&gt; 1.0 MiB/s');
    expect(text).not.toMatch(/volume: D: -&gt;/);
  });

  it('shows a difference that rounding would hide', () => {
    const lines = (bytes: number, more: number) =>
      differenceLines(
        planOf({ bytesOnTargetMax: bytes }),
        planOf({ bytesOnTargetMax: more }),
        english,
      );
    expect(lines(154 * GIB, 154 * GIB + 1)).toEqual([
      `• space at most: ${154 * GIB} -&gt; ${154 * GIB + 1}`,
    ]);
    expect(lines(GIB, 2 * GIB)).toEqual(['• space at most: 1.0 GiB -&gt; 2.0 GiB']);
    expect(lines(GIB, GIB)).toEqual([]);
  });

  it('says of digests only that they changed', () => {
    const before = planOf({ configuration: 'abc' });
    expect(differenceLines(before, planOf({ configuration: 'def' }), english)).toEqual([
      '• configuration of the VM: as it was -&gt; changed',
    ]);
  });
});

describe('findings', () => {
  const many: Finding[] = [
    ...Array.from({ length: 27 }, () => finding('ok', 'vm-state-ok')),
    finding('warning', 'dedicated-network'),
    finding('warning', 'migration-network-slow', { bitsPerSecond: 1e8 }),
    finding('unknown', 'memory-unknown'),
    finding('blocker', 'vm-state', { host: 'hv-a', state: 'Saved' }),
    finding('warning', 'virtual-switch-type'),
    finding('warning', 'free-space-if-grown'),
  ];

  it('are folded behind their counts, with the worst and their remedies shown', () => {
    const text = seen(operationMessage(viewOf({ findings: many }), english));
    expect(text).toContain('*Checks*: 1 blocker, 1 unknown, 4 warnings, 27 checks are well.');
    const at = ['*Blocker*', '*Unknown*', '*Warning*'].map((label) => text.indexOf(label));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(text).toContain('Start dc02 on hv-a or turn it off, then ask again.');
    expect(text.match(/\*Warning\*/g)).toHaveLength(1);
  });

  it('are all shown to the one who presses the button', async () => {
    const edge = edgeOf();
    await edge.operations.propose({ vm: 'dc02', target: 'hv-b', user: OPERATOR, channel: 'C' });
    edge.operations.change('m1', { findings: many });
    const view = await edge.operations.view('m1');
    const button = buttonsOf(operationMessage(view ?? viewOf(), english)).at(-1);
    expect(button).toMatchObject({
      action_id: SHOW_FINDINGS,
      text: { text: 'Show all 33 findings' },
      accessibility_label: 'Show all 33 findings',
    });
    expect(readValue(button?.value)?.operation).toBe('m1');
    const click = { actionId: SHOW_FINDINGS, value: button?.value, user: OPERATOR, channel: 'C' };
    const text = (await answerFindings(click, edge)).map(seen).join('\n');
    expect(text.match(/^• /gm)).toHaveLength(33);
    expect(text.indexOf('*Blocker*')).toBeLessThan(text.indexOf('*Well*'));
    expect(edge.audited).toEqual([]);
  });

  it('are not shown to strangers, and a button of nothing is answered', async () => {
    const edge = edgeOf();
    const value = valueText({ operation: 'm9', planHash: 'x' });
    const click = { actionId: SHOW_FINDINGS, value, user: STRANGER, channel: 'C' };
    expect((await answerFindings(click, edge))[0]?.text).toContain(`<@${OPERATOR}>`);
    const [unknown] = await answerFindings({ ...click, user: OPERATOR }, edge);
    expect(unknown?.text).toContain('m9');
    const [odd] = await answerFindings({ ...click, user: OPERATOR, value: '{' }, edge);
    expect(odd?.text).not.toBe('');
  });

  it('come in as few messages as hold them, at most five, and say what is left out', () => {
    const long = (count: number) =>
      Array.from({ length: count }, () => finding('warning', 'x'.repeat(600)));
    expect(findingsMessages('Title', many, english)).toHaveLength(1);
    const five = findingsMessages('Title', long(500), english);
    expect(five).toHaveLength(5);
    expect(seen(five[0] as Message)).toContain('(part 1 of 5)');
    const shown = five.map(seen).join('\n').match(/^• /gm)?.length ?? 0;
    expect(seen(five[4] as Message)).toContain(`${500 - shown} findings do not fit here.`);
    expect(findingsMessages('Title', [], english)).toHaveLength(1);
  });
});

describe('a preview', () => {
  const wish = { vm: 'dc02', target: 'hv-b' };
  const about = { wish, command: '/migrate dc02 to hv-b' };

  it('says what would happen, what people would approve, and what to type', () => {
    const message = previewMessage(about, { findings: [], plan: planOf(), estimate }, english);
    expect(seen(message)).toContain('Plan for dc02 to hv-b');
    expect(seen(message)).toContain('Approving accepts');
    expect(message.text).toContain('Move it with: /migrate dc02 to hv-b');
  });

  it('says that blockers are in the way, each with its remedy', () => {
    const findings = [finding('blocker', 'vm-state', { host: 'hv-a', state: 'Saved' })];
    const message = previewMessage(about, { findings }, english);
    expect(seen(message)).toContain('Start dc02 on hv-a or turn it off, then ask again.');
    expect(seen(message)).not.toContain('What will happen');
    expect(message.text).toContain('It cannot be moved until the blockers are gone.');
  });
});

describe('the buttons of a state', () => {
  it.each<[StateKind, string[]]>([
    ['preparing', [ACTIONS.cancel]],
    ['copying', [ACTIONS.pause, ACTIONS.cancel]],
    ['paused', [ACTIONS.resume, ACTIONS.cancel]],
  ])('%s', (kind, ids) => {
    const message = operationMessage(viewOf({ state: { kind, step: 'x' } }), english);
    expect(buttonsOf(message).map(({ action_id }) => action_id)).toEqual(ids);
  });

  it('paused says who paused it, and what to do', () => {
    const why = { code: 'paused', facts: { by: 'U-OPERATOR', vm: 'dc02' } };
    const state = { kind: 'paused', step: 'copyWholeDisks', why } as const;
    const text = seen(operationMessage(viewOf({ state }), english));
    expect(text).toContain('Paused by <@U-OPERATOR>.');
    expect(text).toContain('/migrate resume dc02');
  });

  it.each([
    ['cancelled', 'Cancelled by <@U-OPERATOR>.'],
    ['rollback-asked', 'Taken back by <@U-OPERATOR>.'],
  ])('rolled back as %s mentions who did it, and shows no bare id', (code, said) => {
    const why = { code, facts: { by: 'U-OPERATOR' } };
    const text = seen(
      operationMessage(viewOf({ state: { kind: 'rolled back', step: '', why } }), english),
    );
    expect(text).toContain(said);
    expect(text).not.toMatch(/(?<!<@)U-OPERATOR/);
    expect(english.textOf(why).text).not.toContain('U-OPERATOR');
  });

  it('copying says which limit holds now, where it is not the one of the plan', () => {
    const plan = planOf({ bytesPerSecondMax: 1024 ** 2 });
    const seenWith = (changes: Partial<MigrationView>) =>
      seen(operationMessage(viewOf({ plan, ...changes }), english));
    expect(seenWith({ bytesPerSecondMax: 1024 ** 2 })).not.toContain('Limited now');
    expect(seenWith({ bytesPerSecondMax: 2 * 1024 ** 2 })).toContain('Limited now to 2.0 MiB/s.');
    expect(seenWith({})).toContain('Its limit was lifted.');
  });
});

describe.each(LANGUAGES)('whatever is in it, Slack takes it, in %s', (language) => {
  const words = wordsIn(language);
  const text = fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary' }),
    fc.constantFrom('"'.repeat(400), '&<>'.repeat(200), '\\\u0000', '\u202e', '<!channel>'),
  );
  const amount = fc.oneof(fc.double(), fc.nat(), fc.constantFrom(0, -1, 1e300));
  const some = fc.array(
    fc.record({
      check: text,
      severity: fc.constantFrom<Severity>('ok', 'warning', 'unknown', 'blocker'),
      code: fc.oneof(fc.constantFrom('memory', 'virtual-switch', 'free-space'), text),
      facts: fc.dictionary(fc.constantFrom('vm', 'host', 'switches', 'volume'), text),
    }),
    { maxLength: 150 },
  );
  const plans = fc
    .record({
      vm: fc.record({ id: text, name: text }),
      source: text,
      target: text,
      method: fc.constantFrom('live' as const, 'stream' as const),
      disks: fc.array(
        fc.record({ id: text, sourcePath: text, targetPath: text, virtualBytes: amount }),
        { maxLength: 260 },
      ),
      networks: fc.array(fc.record({ adapter: text, switch: text }), { maxLength: 70 }),
      migrationSubnet: text,
      volume: text,
      bytesPerSecondMax: amount,
      pauseSecondsMax: amount,
      bytesOnTargetMax: amount,
      secondsMax: amount,
      acknowledged: fc.array(text, { maxLength: 60 }),
    })
    .map((changes) => planOf(changes));
  const view = fc
    .record({
      plan: plans,
      planBefore: plans,
      findings: some,
      requestedBy: text,
      state: fc.record({
        kind: fc.constantFrom<StateKind>('asking', 'paused', 'copying', 'migrated', 'rolling back'),
        step: text,
        by: text,
        why: fc.record({ code: text, facts: fc.dictionary(text, text) }),
      }),
      approvals: fc.record({
        users: fc.array(text, { maxLength: 100 }),
        needed: fc.nat(200),
        twoPersons: fc.boolean(),
        expiresAt: fc.nat(),
      }),
      estimate: fc.record({
        bytesToCopy: amount,
        bytesPerSecond: amount,
        rateFrom: fc.constantFrom('history' as const, 'link' as const, 'limit' as const),
        notMeasured: fc.record({ code: text, facts: fc.dictionary(text, text) }),
        secondsToCopy: amount,
        pauseSeconds: amount,
        pauseFrom: fc.constantFrom('round' as const, 'assumed' as const),
        stopAndStartSeconds: amount,
      }),
    })
    .map((changes): MigrationView => viewOf(changes as Partial<MigrationView>));

  /** What the stand-in refuses, Slack refuses. */
  const taken = (message: Message) => {
    contentOf(message as never);
    expect(message.text).not.toBe('');
    expect(message.text.length).toBeLessThanOrEqual(3000);
    for (const button of buttonsOf(message)) expect(button.accessibility_label).not.toBe('');
  };

  it('the longest names, made of what JSON and markup make longer', () => {
    const long = '"&<\\'.repeat(150);
    const why = { code: long, facts: { x: long } };
    const disk = { id: long, sourcePath: long, targetPath: long, virtualBytes: 1 };
    const plan = planOf({
      vm: { id: long, name: long },
      ...{ source: long, target: long, volume: long, migrationSubnet: long },
      disks: [disk, disk],
      networks: [{ adapter: long, switch: long }],
      acknowledged: [long, long],
    });
    const planBefore = planOf({ acknowledged: [`${long}1`], volume: `${long}1`.slice(3) });
    const findings = Array.from({ length: 200 }, () => ({ ...finding('blocker', long), ...why }));
    const one = viewOf({
      ...{ plan, planBefore, findings },
      state: { kind: 'asking', step: long, why },
      estimate: { ...estimate, notMeasured: why },
      approvals: { users: Array(50).fill(long), needed: 99, twoPersons: true, expiresAt: 1 },
    });
    taken(operationMessage(one, words));
    const cancelled = { code: 'cancelled', facts: { by: long } };
    const over = { kind: 'rolled back', step: long, why: cancelled } as const;
    taken(operationMessage({ ...one, state: over }, words));
    findingsMessages(long, findings, words).forEach(taken);
    const about = { wish: { vm: long, target: long }, command: long };
    taken(previewMessage(about, { findings, plan, estimate }, words));
  });

  it('the message of an operation', () => {
    fc.assert(
      fc.property(view, (one) => taken(operationMessage(one, words))),
      { numRuns: 60 },
    );
  });

  it('findings and previews', () => {
    fc.assert(
      fc.property(view, (one) => {
        findingsMessages('t', one.findings, words).forEach(taken);
        const { plan, findings, estimate: figures } = one;
        const about = { wish: { vm: plan.vm.name, target: plan.target }, command: plan.volume };
        taken(previewMessage(about, { findings }, words));
        taken(previewMessage(about, { findings, plan, estimate: figures ?? estimate }, words));
      }),
      { numRuns: 40 },
    );
  });
});
