/** Slack's rules of buttons, menus and inputs: each violation is sent by HTTP. */

import { describe, it } from '@jest/globals';
import { actions, button, useBlockEdges } from './block-edges.ts';
import { list, mrkdwn, plain, x } from './rule-slack.ts';

const { refuses, edge } = useBlockEdges();

const textInput = { type: 'plain_text_input', action_id: 'typed' };
const option = (text: string, value: string) => ({ text: plain(text), value });
const select = (options: object[]) => ({ type: 'static_select', action_id: 'pick', options });
const input = (more: object) => ({
  type: 'input',
  label: plain('Name'),
  element: textInput,
  ...more,
});

describe('elements', () => {
  it('actions-25: a 26th element, and none', async () => {
    const many = (count: number) =>
      actions(...list(count, (index) => button({ action_id: `go-${index}` })));
    await edge({ taken: many(25), refused: many(26), says: 'no more than 25 items' });
    await refuses([actions()], 'no fewer than 1 items');
  });

  it('button-text-75: the 76th character, and markup', async () => {
    await edge({
      taken: actions(button({ text: plain(x(75)) })),
      refused: actions(button({ text: plain(x(76)) })),
      says: 'must be less than 76 characters',
    });
    await refuses([actions(button({ text: mrkdwn('x') }))], 'unsupported type: mrkdwn');
  });

  it('button-value-2000: the 2,001st character', async () => {
    await edge({
      taken: actions(button({ value: x(2_000) })),
      refused: actions(button({ value: x(2_001) })),
      says: 'must be less than 2001 characters',
    });
  });

  it('confirm-limits: each text of the dialog', async () => {
    const confirm = (more: object) =>
      actions(button({ confirm: { title: plain('Sure?'), text: plain('x'), ...more } }));
    for (const [name, most] of [
      ['title', 100],
      ['text', 300],
      ['confirm', 30],
      ['deny', 30],
    ] as const) {
      await edge({
        taken: confirm({ [name]: plain(x(most)) }),
        refused: confirm({ [name]: plain(x(most + 1)) }),
        says: `/confirm/${name}/text`,
      });
    }
    await refuses([actions(button({ confirm: { title: plain('x') } }))], '/confirm/text');
  });

  it('element-placement: a text input among actions, a button as an input', async () => {
    await edge({ taken: input({}), refused: actions(textInput), says: 'unsupported type' });
    await refuses([input({ element: button({}) })], 'unsupported type: button');
    await refuses([{ type: 'context', elements: [button({})] }], 'unsupported type: button');
  });

  it('select-options-100: a 101st option, and none', async () => {
    const many = (count: number) => list(count, (index) => option('x', `${index}`));
    await edge({
      taken: actions(select(many(100))),
      refused: actions(select(many(101))),
      says: 'no more than 100 items',
    });
    await refuses([actions(select([]))], 'no fewer than 1 items');
  });

  it('option-text-75: the 76th character, and markup', async () => {
    await edge({
      taken: actions(select([option(x(75), 'v')])),
      refused: actions(select([option(x(76), 'v')])),
      says: 'must be less than 76 characters',
    });
    await refuses([actions(select([{ text: mrkdwn('x'), value: 'v' }]))], 'unsupported type');
  });

  it('option-value-150: the 151st character', async () => {
    await edge({
      taken: actions(select([option('x', x(150))])),
      refused: actions(select([option('x', x(151))])),
      says: 'must be less than 151 characters',
    });
  });

  it('input-label: none, and one that is too long', async () => {
    await edge({
      taken: input({ label: plain(x(2_000)) }),
      refused: input({ label: plain(x(2_001)) }),
      says: 'must be less than 2001 characters',
    });
    await refuses([{ type: 'input', element: textInput }], 'missing required field');
  });
});
