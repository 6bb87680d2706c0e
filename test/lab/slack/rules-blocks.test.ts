/** Slack's rules of blocks: each violation is sent by HTTP, and its edge is taken. */

import { describe, expect, it } from '@jest/globals';
import { actions, button, useBlockEdges } from './block-edges.ts';
import { list, mrkdwn, plain, x } from './rule-slack.ts';

const { post, refuses, edge } = useBlockEdges();

const divider = { type: 'divider' };
const section = (more: object) => ({ type: 'section', ...more });

describe('blocks', () => {
  it('block-type-unknown: a made-up type, and names that JavaScript knows', async () => {
    await edge({ taken: divider, refused: { type: 'progress' }, says: 'unsupported type' });
    await refuses([{ type: 'constructor' }], 'unsupported type: constructor');
    await refuses([{ type: 'file', source: 'remote', external_id: 'x' }], 'unsupported type');
  });

  it('block-property-unknown: a disabled button, an emoji of mrkdwn, a coloured section', async () => {
    const says = 'invalid additional property';
    await edge({
      taken: actions(button({ style: 'danger' })),
      refused: actions(button({ disabled: true })),
      says: `${says}: disabled`,
    });
    await refuses([section({ text: { ...mrkdwn('x'), emoji: true } })], `${says}: emoji`);
    await refuses([section({ text: mrkdwn('x'), color: 'red' })], `${says}: color`);
  });

  it('block-alert-in-message: an alert block in chat.postMessage', async () => {
    await refuses([{ type: 'alert', text: plain('careful') }], 'unsupported type: alert');
  });

  it('blocks-50-in-message: a 51st block', async () => {
    const blocks = list(51, () => divider);
    await refuses(blocks, 'no more than 50 items allowed [json-pointer:/blocks]');
    expect(await post({ blocks: blocks.slice(1) })).toMatchObject({ ok: true });
  });

  it('blocks-too-long: four sections that are each allowed', async () => {
    const blocks = (count: number) => list(count, () => section({ text: mrkdwn(x(3_000)) }));
    expect(await post({ blocks: blocks(4) })).toMatchObject({ ok: true });
    expect(await post({ blocks: blocks(5) })).toMatchObject({ error: 'msg_blocks_too_long' });
  });

  it('block-id-255: a longer block_id', async () => {
    await edge({
      taken: { ...divider, block_id: x(255) },
      refused: { ...divider, block_id: x(256) },
      says: 'must be less than 256 characters',
    });
  });

  it('block-id-duplicate: two blocks with one id', async () => {
    await refuses(
      list(2, () => ({ ...divider, block_id: 'same' })),
      'already exists',
    );
  });

  it('action-id-255: a longer action_id', async () => {
    await edge({
      taken: actions(button({ action_id: x(255) })),
      refused: actions(button({ action_id: x(256) })),
      says: 'must be less than 256 characters',
    });
  });

  it('action-id-duplicate: two buttons of a block with one id', async () => {
    await edge({
      taken: actions(button({}), button({ action_id: 'stop' })),
      refused: actions(button({}), button({})),
      says: 'already exists',
    });
  });

  it('section-text-3000: the 3,001st character, and none', async () => {
    await edge({
      taken: section({ text: mrkdwn(x(3_000)) }),
      refused: section({ text: mrkdwn(x(3_001)) }),
      says: 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    });
    await refuses([section({ text: mrkdwn('') })], 'must be more than 0 characters');
    await refuses([section({})], 'missing required field');
  });

  it('section-fields-10: an eleventh field, and one that is too long', async () => {
    const fields = (count: number, length: number) =>
      section({ fields: list(count, () => mrkdwn(x(length))) });
    await edge({ taken: fields(10, 1), refused: fields(11, 1), says: 'no more than 10 items' });
    await edge({ taken: fields(1, 2_000), refused: fields(1, 2_001), says: '2001 characters' });
  });

  it('header-150: the 151st character, and markup', async () => {
    const header = (text: object) => ({ type: 'header', text });
    await edge({
      taken: header(plain(x(150))),
      refused: header(plain(x(151))),
      says: 'must be less than 151 characters',
    });
    await refuses([header(mrkdwn('x'))], 'unsupported type: mrkdwn');
  });

  it('context-10: an eleventh element', async () => {
    const context = (count: number) => ({
      type: 'context',
      elements: list(count, () => mrkdwn('x')),
    });
    await edge({ taken: context(10), refused: context(11), says: 'no more than 10 items' });
  });

  it('markdown-12000: the 12,001st character', async () => {
    const markdown = (length: number) => ({ type: 'markdown', text: x(length) });
    await edge({ taken: markdown(12_000), refused: markdown(12_001), says: '12001 characters' });
  });

  it('table-limits: a 101st row, a 21st column', async () => {
    const table = (rows: number, columns: number) => ({
      type: 'table',
      rows: list(rows, () => list(columns, () => ({ type: 'raw_text', text: 'x' }))),
    });
    await edge({ taken: table(100, 1), refused: table(101, 1), says: 'no more than 100 items' });
    await edge({ taken: table(1, 20), refused: table(1, 21), says: 'no more than 20 items' });
  });

  it('container-limits: an eleventh block, and markdown inside', async () => {
    const container = (child_blocks: object[]) => ({
      type: 'container',
      title: plain('Findings'),
      child_blocks,
    });
    await edge({
      taken: container(list(10, () => divider)),
      refused: container(list(11, () => divider)),
      says: 'no more than 10 items',
    });
    await refuses([container([{ type: 'markdown', text: 'x' }])], 'unsupported type: markdown');
  });
});
