/**
 * Names with signs of mrkdwn, wherever a name may come from: shown, never obeyed. Each message is
 * read as the lab's page reads it, with the odd name and with a plain one: but for the name itself
 * both must be the same, in what is seen and in what is emphasised.
 */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DeletionPlan, isMove } from '../../src/domain/plan.ts';
import { type Piece, piecesOf } from '../../src/lab/page/client/markup.ts';
import { contentOf } from '../../src/lab/slack/message-rules.ts';
import { answerTo } from '../../src/slack/commands/run-command.ts';
import type { OperationView } from '../../src/slack/operation-view.ts';
import * as alerts from '../../src/slack/views/alert-message.ts';
import * as answers from '../../src/slack/views/answers.ts';
import { askingMessage } from '../../src/slack/views/approval-message.ts';
import { cut, escaped, type Message } from '../../src/slack/views/blocks.ts';
import { helpAnswer } from '../../src/slack/views/help-answer.ts';
import { hostsAnswer, vmsAnswer } from '../../src/slack/views/host-answers.ts';
import { operationMessage } from '../../src/slack/views/operation-message.ts';
import { findingsMessages } from '../../src/slack/views/plan-findings.ts';
import { previewMessage } from '../../src/slack/views/plan-preview.ts';
import { copiesAnswer, doctorAnswer, historyAnswer } from '../../src/slack/views/record-answers.ts';
import { unenrollQuestion } from '../../src/slack/views/unenroll.ts';
import { LANGUAGES, type Words, wordsIn } from '../../src/texts/words.ts';
import { edgeOf } from './edge.ts';
import { hostRowOf, OPERATOR, viewOf } from './fake-operations.ts';
import { alertOf, shownBy, stageOfTest } from './stage.ts';

/** No word of ours has it. */
const PLAIN = 'QQ7QQ';
const RUNS = 150;
/** Each shows some forty messages. */
const RUNS_OF_ALL = 30;

const problemOf = (name: string) => ({
  code: 'virtual-switch',
  facts: { vm: name, host: name, switches: [name, name] },
});

function viewsOf(name: string): readonly OperationView[] {
  const view = viewOf({ vm: name, target: name });
  const networks = [{ adapter: name, switch: name }];
  const disks = view.plan.disks.map((disk) => ({ ...disk, targetPath: `D:\\${name}\\1.vhdx` }));
  const own = { source: name, volume: name, migrationSubnet: name, networks, disks };
  const plan = { ...view.plan, ...own };
  const findings = [{ check: 'x', severity: 'blocker' as const, ...problemOf(name) }];
  const why = problemOf(name);
  const cleanUpPending = name;
  const all = { ...view, plan, findings };
  const deletion: DeletionPlan = {
    ...{ vm: plan.vm, source: name, target: name, method: 'delete', acknowledged: [] },
    copies: [{ folder: `D:\\${name}`, operation: 'm7', round: 3, committedAt: 0, bytes: 1 }],
  };
  const state = { kind: 'asking', step: name, why } as const;
  return [
    { ...all, state },
    { ...all, state: { ...state, kind: 'needs a person' } },
    { ...all, state: { kind: 'rolled back', step: '', why, cleanUpPending } },
    { ...all, state, planBefore: { ...plan, volume: `${name}:`, pauseSecondsMax: 1 } },
    { ...all, plan: deletion, state },
  ];
}

function* messagesWith(name: string, words: Words): Generator<Message> {
  const problem = problemOf(name);
  const finding = { check: 'x', severity: 'warning', ...problem } as const;
  const alert = { ...alertOf('m1'), cause: problem, raisedAt: 1 };
  const look = { words, operators: [name], isLate: true };
  const views = viewsOf(name);
  for (const view of views) {
    yield operationMessage(view, words);
    yield alerts.alertMessage(view, alert, look);
    yield alerts.alertMessage(view, { ...alert, mendedAt: 1 }, look);
    yield alerts.failedAgainMessage(view, alert, look);
    yield askingMessage(view, words);
  }
  yield answers.statusAnswer(views, words);
  yield answers.problemAnswer(problem, words, [name]);
  yield answers.refusalAnswer(
    { vm: name, target: name },
    [{ ...finding, severity: 'blocker' }],
    words,
  );
  yield answers.sentence(words.chat.cancelled(name));
  yield answers.shownIn(words.chat.plannedAnew(name, name), name);
  const vm = { id: 'v', name, state: name, memoryBytes: 1, disks: 1, virtualBytes: 1 };
  const volume = { path: name, bytesFree: 1, bytesTotal: 2 };
  const hosts = (['ready', 'away', 'not enrolled'] as const).map((state) =>
    hostRowOf({ name, state, vms: [vm], volumes: [volume] }),
  );
  const copy = { vm: { id: 'v', name }, host: name, operation: 'm7', kind: 'received' } as const;
  const copies = [{ ...copy, committedAt: 0, bytes: 1, inUse: true }];
  yield hostsAnswer(hosts, words);
  yield vmsAnswer({ hosts, copies, open: views }, words);
  yield copiesAnswer({ copies, orders: [], now: 1 }, words);
  const row = { operation: 'm1', vm: name, source: name, target: name, requestedBy: name };
  const past = { ...row, kind: 'migration', approvedBy: [name], outcome: 'rolled back' } as const;
  yield historyAnswer(
    { rows: [{ ...past, openedAt: 0, why: problem }], isCut: true, vm: name },
    words,
  );
  yield doctorAnswer([finding], words);
  yield helpAnswer(words, name);
  yield unenrollQuestion(name, words);
  const preview = { findings: [finding], ...plannedIn(views) };
  yield previewMessage({ wish: { vm: name, target: name }, command: name }, preview, words);
  yield* findingsMessages(name, [finding], words);
}

function plannedIn([view]: readonly OperationView[]) {
  return view && isMove(view.plan) ? { plan: view.plan } : {};
}

interface Read {
  readonly seen: string;
  /** What is bold, italic, struck or quoted. */
  readonly emphasised: readonly string[];
}

function textOf(piece: Piece): string {
  if ('pieces' in piece) return piece.pieces.map(textOf).join('');
  if (piece.kind === 'break') return '\n';
  return 'text' in piece ? piece.text : 'label' in piece ? piece.label : piece.fallback;
}

const emphasisedIn = (pieces: readonly Piece[]): string[] =>
  pieces.flatMap((piece) =>
    'pieces' in piece
      ? [`${piece.kind} ${textOf(piece)}`, ...emphasisedIn(piece.pieces)]
      : piece.kind === 'pre' || piece.kind === 'broadcast' || piece.kind === 'link'
        ? [`${piece.kind} ${textOf(piece)}`]
        : [],
  );

const read = (mrkdwn: string): Read => {
  const pieces = piecesOf(mrkdwn);
  return { seen: pieces.map(textOf).join(''), emphasised: emphasisedIn(pieces) };
};

/** All mrkdwn of a message; buttons and forms are plain text. */
function mrkdwnOf({ text, blocks }: Message): string[] {
  const found: string[] = [text];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && value.type === 'mrkdwn' && 'text' in value)
      found.push(String(value.text));
    for (const part of Object.values(value)) look(part);
  };
  look(blocks);
  return found;
}

/** What is read with the plain name, with this one; a backtick would end the code that it stands in. */
const withName = (text: string, name: string): string =>
  text.split(PLAIN).join(name.replaceAll('`', 'ˋ'));

const odd = fc.oneof(
  fc.constantFrom(
    ...[
      '*dc02*',
      '_dc02_',
      '~dc02~',
      '`dc02`',
      '>dc02',
      '&gt;dc02',
      '*',
      '_',
      '~',
      '`',
      '>',
      '>>>',
    ],
    ...[
      'a* b*',
      '*a *b',
      '`a b`',
      '``` a ```',
      '*_~`',
      '* dc02 *',
      ':tada:',
      'x *y* z',
      '`*`',
      'dc*',
    ],
    ...['<!channel>', '<@U012ABC>', '<http://x|y>', '_a_b_', '*a,', 'a*.', '"*a*"', '(_a_)', '-*-'],
  ),
  fc
    .array(fc.constantFrom(...'*_~`><&: aZ9.,-\'"()'), { minLength: 1, maxLength: 16, size: 'max' })
    .map((signs) => signs.join('').replace(/ +/g, ' ').trim())
    .filter((name) => name !== ''),
);

describe.each(LANGUAGES)('a name in a message in %s', (language) => {
  const words = wordsIn(language);
  const wanted = [...messagesWith(PLAIN, words)].map((message) => mrkdwnOf(message).map(read));

  it('is shown as it is, and changes nothing else', () => {
    expect(wanted.every((parts) => parts.some(({ seen }) => seen.includes(PLAIN)))).toBe(true);
    fc.assert(
      fc.property(odd, (name) => {
        for (const [at, message] of [...messagesWith(name, words)].entries()) {
          contentOf({ text: message.text, blocks: message.blocks });
          const parts = mrkdwnOf(message).map(read);
          const meant = wanted[at]?.map(({ seen, emphasised }) => ({
            seen: withName(seen, name),
            emphasised: emphasised.map((one) => withName(one, name)),
          }));
          expect(parts).toEqual(meant);
        }
      }),
      { numRuns: RUNS_OF_ALL },
    );
  });
});

describe('a typed name', () => {
  it('is shown in the answer, and nothing of it is obeyed', async () => {
    await fc.assert(
      fc.asyncProperty(odd, async (name) => {
        const edge = edgeOf();
        const typed = `cancel "${name.replaceAll('"', '')}x"`;
        const answer = await answerTo(typed, { user: OPERATOR, channel: 'C-MIGRATIONS' }, edge);
        for (const text of mrkdwnOf(answer)) expect(read(text).emphasised).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('is taken by Slack and shown, from the command to the message in the channel', async () => {
    const { slack } = await stageOfTest();
    await slack.say(OPERATOR, '/migrate "*sql* _01_ `x`" to ">hv-b"');
    const { blocks } = await shownBy(slack, 'Move `*sql*` `_01_` `ˋxˋ` from hv-a to ');
    const [title = ''] = mrkdwnOf({ text: '', blocks } as unknown as Message).slice(1);
    const { seen, emphasised } = read(title.split('\n')[0] ?? '');
    expect(seen).toBe('Move *sql* _01_ ˋxˋ from hv-a to >hv-b');
    expect(emphasised).toEqual([`bold ${seen}`]);
  });
});

describe('escaped text', () => {
  it.each([
    ['sql_prod_01 on hv-a', 'sql_prod_01 on hv-a'],
    ['D:\\VMs\\a_b.vhdx, 5*3, a~b', 'D:\\VMs\\a_b.vhdx, 5*3, a~b'],
    ['at 12:59:18 UTC', 'at 12:59:18 UTC'],
    ['The VM "*dc02*" is off.', 'The VM `"*dc02*"` is off.'],
    ['*dc02*, then', '`*dc02*`, then'],
    ['> x > y', '`&gt;` x &gt; y'],
    ['a `b` c', 'a `ˋbˋ` c'],
  ])('%j', (text, shown) => {
    expect(escaped(text)).toBe(shown);
  });

  it('that is cut leaves no code open', () => {
    fc.assert(
      fc.property(odd, fc.nat(40), (name, chars) => {
        const shown = cut(escaped(`${name} ${name} ${name}`), chars + 2);
        expect(shown.length).toBeLessThanOrEqual(chars + 2);
        expect(shown.split('`').length % 2).toBe(1);
      }),
    );
  });
});
