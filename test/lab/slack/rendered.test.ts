/** Messages as plain text lines. */

import { describe, expect, it } from '@jest/globals';
import type { LabMessage } from '../../../src/lab/slack/message.ts';
import { renderMessage } from '../../../src/lab/slack/transcript.ts';
import { labMessage as message } from './lab-message.ts';
import { mrkdwn, plain } from './rule-slack.ts';

const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });
const rendered = (...blocks: LabMessage['blocks']) => renderMessage(message({ blocks }));

describe('a rendered message', () => {
  it('shows its blocks as plain lines, and not its text', () => {
    const blocks = [
      { type: 'header', text: plain('Move dc02 to hv-b') },
      section('*Method* `stream`\n2 disks'),
      { type: 'section', fields: [mrkdwn('*From* hv-a'), mrkdwn('*To* hv-b')] },
      { type: 'divider' },
      { type: 'context', elements: [mrkdwn('asked by <@U-OPERATOR>'), plain('24 h left')] },
      {
        type: 'actions',
        elements: [
          { type: 'button', text: plain('Approve'), action_id: 'a' },
          { type: 'button', text: plain('Cancel'), action_id: 'c' },
        ],
      },
    ];
    expect(renderMessage(message({ blocks, text: 'for notifications' }))).toEqual([
      'Move dc02 to hv-b',
      'Method stream',
      '2 disks',
      'From hv-a',
      'To hv-b',
      '----',
      'asked by @olga · 24 h left',
      '[Approve] [Cancel]',
    ]);
  });

  it('shows rich text with its lists, quotes, code and references', () => {
    const text = (value: string) => ({ type: 'text', text: value });
    const line = (...elements: object[]) => ({ type: 'rich_text_section', elements });
    const elements = [
      line(text('Ask '), { type: 'user', user_id: 'U-APPROVER' }, text(' or read ')),
      line({ type: 'link', url: 'https://example.com', text: 'this' }),
      { type: 'rich_text_list', elements: [line(text('one')), line(text('two'))] },
      { type: 'rich_text_preformatted', elements: [text('line 1\nline 2')] },
      { type: 'rich_text_quote', elements: [text('said\nso')] },
    ];
    expect(rendered({ type: 'rich_text', elements })).toEqual([
      'Ask @aldo or read',
      'this (https://example.com)',
      '- one',
      '- two',
      'line 1',
      'line 2',
      '> said',
      '> so',
    ]);
  });

  it('shows tables, images, plans, and names what it cannot show', () => {
    const cell = (text: string) => ({ type: 'raw_text', text });
    const tasks = [{ type: 'task_card', title: 'Copy', status: 'in_progress' }];
    const rows = [
      [cell('disk'), cell('GiB')],
      [cell('dc02_1'), { type: 'raw_number', value: 40 }],
    ];
    expect(
      rendered(
        { type: 'table', rows },
        { type: 'image', alt_text: 'a plot' },
        { type: 'plan', title: 'Migration', tasks },
        { type: 'container', title: plain('Findings'), child_blocks: [section('all ok')] },
        { type: 'markdown', text: '**bold** words' },
        { type: 'video' },
      ),
    ).toEqual([
      'disk | GiB',
      'dc02_1 | 40',
      '(image: a plot)',
      'Migration',
      'Copy (in_progress)',
      'Findings',
      'all ok',
      'bold words',
      '(video)',
    ]);
  });

  it('shows files, and menus and fields with what they hold', () => {
    const option = (text: string) => ({ text: plain(text), value: text });
    const options = ['hv-a', 'hv-b'].map(option);
    const menu = { type: 'static_select', action_id: 'm', options, placeholder: plain('Host') };
    const typed = { type: 'plain_text_input', action_id: 't', initial_value: 'tonight' };
    const boxes = { type: 'checkboxes', action_id: 'b', options, initial_options: [options[1]] };
    const file = { id: 'F1', name: 'm42.log', mimetype: 'text/plain', size: 15, url: 'x' };
    const blocks = [
      { type: 'actions', elements: [menu, { ...menu, initial_option: options[0] }, boxes] },
      { type: 'input', label: plain('Note'), element: typed, hint: plain('For the journal') },
    ];
    const files = [
      { ...file, title: 'm42.log' },
      { ...file, title: 'The log' },
    ];
    expect(renderMessage(message({ blocks, files }))).toEqual([
      '[Host v] [hv-a v] [ ] hv-a [x] hv-b',
      'Note: [tonight v]',
      'For the journal',
      '(file: m42.log, 15 bytes)',
      '(file: The log, m42.log, 15 bytes)',
    ]);
    expect(renderMessage(message({ files: files.slice(1) }))).toEqual([
      '(file: The log, m42.log, 15 bytes)',
    ]);
  });

  it('shows what people type and click', () => {
    expect(renderMessage(message({ kind: 'command', text: '/migrate a_b to *c*' }))).toEqual([
      '/migrate a_b to *c*',
    ]);
    expect(renderMessage(message({ kind: 'click', text: 'Approve' }))).toEqual([
      'clicks [Approve]',
    ]);
    expect(renderMessage(message({ text: 'it &lt;runs&gt;\non *hv-b*' }))).toEqual([
      'it <runs>',
      'on hv-b',
    ]);
  });
});
