import { describe, expect, it } from '@jest/globals';
import { blockViolations } from '../../../src/lab/slack/block-rules.ts';
import { contentOf } from '../../../src/lab/slack/message-rules.ts';

const x = (length: number) => 'x'.repeat(length);
const divider = { type: 'divider' };
const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const list = (length: number, item: object) => Array.from({ length }, () => item);
const button = (more: object) => ({
  type: 'actions',
  elements: [{ type: 'button', text: plain('Go'), action_id: 'go', ...more }],
});
const confirm = (more: object) =>
  button({ confirm: { title: plain('Sure?'), text: plain('x'), ...more } });

/** Each limit at its edge: the first is taken, the second is refused. */
const EDGES: readonly [name: string, taken: object, refused: object, where: string][] = [
  ['section text 3,000', { text: mrkdwn(x(3_000)) }, { text: mrkdwn(x(3_001)) }, '/text/text'],
  [
    'section fields 10',
    { fields: list(10, plain('x')) },
    { fields: list(11, plain('x')) },
    '/fields',
  ],
  [
    'section field 2,000',
    { fields: [plain(x(2_000))] },
    { fields: [plain(x(2_001))] },
    '/fields/0/text',
  ],
  ['section empty text', { text: mrkdwn('x') }, { text: mrkdwn('') }, '/text/text'],
  ['section text kind', { text: plain('x') }, { text: { type: 'html', text: 'x' } }, '/text/type'],
  ['section without text', { text: plain('x') }, {}, ''],
  [
    'block_id 255',
    { text: plain('x'), block_id: x(255) },
    { text: plain('x'), block_id: x(256) },
    '/block_id',
  ],
].map(([name, taken, refused, where]) => [
  String(name),
  { type: 'section', ...(taken as object) },
  { type: 'section', ...(refused as object) },
  String(where),
]);

const MORE_EDGES: typeof EDGES = [
  ['header 150', header(150), header(151), '/text/text'],
  ['header of mrkdwn', header(1), { type: 'header', text: mrkdwn('x') }, '/text/type'],
  ['actions 25', actions(25), actions(26), '/elements'],
  ['actions none', actions(1), actions(0), '/elements'],
  ['context 10', context(10), context(11), '/elements'],
  ['markdown 12,000', markdown(12_000), markdown(12_001), '/text'],
  [
    'button text 75',
    button({ text: plain(x(75)) }),
    button({ text: plain(x(76)) }),
    '/elements/0/text/text',
  ],
  ['button of mrkdwn', button({}), button({ text: mrkdwn('x') }), '/elements/0/text/type'],
  [
    'button value 2,000',
    button({ value: x(2_000) }),
    button({ value: x(2_001) }),
    '/elements/0/value',
  ],
  ['button value a string', button({ value: '7' }), button({ value: 7 }), '/elements/0/value'],
  [
    'action_id 255',
    button({ action_id: x(255) }),
    button({ action_id: x(256) }),
    '/elements/0/action_id',
  ],
  [
    'confirm title 100',
    confirm({ title: plain(x(100)) }),
    confirm({ title: plain(x(101)) }),
    '/confirm/title/text',
  ],
  [
    'confirm text 300',
    confirm({ text: plain(x(300)) }),
    confirm({ text: plain(x(301)) }),
    '/confirm/text/text',
  ],
  [
    'confirm button 30',
    confirm({ confirm: plain(x(30)) }),
    confirm({ deny: plain(x(31)) }),
    '/confirm/deny/text',
  ],
  ['table 100 rows', table(100, 1), table(101, 1), '/rows'],
  ['table 20 columns', table(1, 20), table(1, 21), '/rows/0'],
  ['table rows are lists', table(1, 1), { type: 'table', rows: [{}] }, '/rows/0'],
  ['carousel 10', carousel(10), carousel(11), '/elements'],
  ['container 10', container(divider, 10), container(divider, 11), '/child_blocks'],
  ['container of', container(divider, 1), container(markdown(1), 1), '/child_blocks/0/type'],
  ['container child', container(header(150), 1), container(header(151), 1), '/0/text/text'],
  ['input label', input(2_000), input(2_001), '/label/text'],
  ['a name of JavaScript', divider, { type: 'constructor' }, '/type'],
  ['a block of chat', { type: 'divider' }, { type: 'alert', text: plain('x') }, '/type'],
  ['a known block', { type: 'divider' }, { type: 'progress' }, '/type'],
];

describe('block limits', () => {
  it.each([...EDGES, ...MORE_EDGES])('%s', (_name, taken, refused, where) => {
    expect(blockViolations({ ...taken }, '/blocks/0', 'message')).toEqual([]);
    const violations = blockViolations({ ...refused }, '/blocks/0', 'message');
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(`${where}]`);
  });
});

describe('blocks of a message', () => {
  it('get an id of their own, and keep the one that they have', () => {
    const blocks = [{ type: 'divider' }, { type: 'divider', block_id: 'b0' }, { type: 'divider' }];
    expect(contentOf({ blocks }).blocks.map(({ block_id }) => block_id)).toEqual([
      'b0x',
      'b0',
      'b2',
    ]);
  });

  it('may not share an id', () => {
    const blocks = list(2, { type: 'divider', block_id: 'same' });
    expect(() => contentOf({ blocks })).toThrow('invalid_blocks');
  });
});

function header(length: number) {
  return { type: 'header', text: plain(x(length)) };
}

function actions(count: number) {
  return { type: 'actions', elements: list(count, { type: 'button', text: plain('Go') }) };
}

function context(count: number) {
  return { type: 'context', elements: list(count, mrkdwn('x')) };
}

function markdown(length: number) {
  return { type: 'markdown', text: x(length) };
}

function table(rows: number, columns: number) {
  const row = list(columns, { type: 'raw_text', text: 'x' });
  return { type: 'table', rows: list(rows, row) };
}

function carousel(cards: number) {
  return { type: 'carousel', elements: list(cards, { title: mrkdwn('x') }) };
}

function container(child: object, count: number) {
  return { type: 'container', title: plain('x'), child_blocks: list(count, child) };
}

function input(length: number) {
  return {
    type: 'input',
    label: plain(x(length)),
    element: { type: 'plain_text_input', action_id: 'x' },
  };
}
