/** Tables of the documents that repeat what a table in the code says. */

import { describe, expect, it } from '@jest/globals';
import { faultDesk } from '../../src/lab/page/faults.ts';
import type { FaultPlace } from '../../src/lab/page/wire.ts';
import { CHANNELS, PEOPLE } from '../../src/lab/slack/workspace.ts';
import { GRAMMAR } from '../../src/slack/commands/grammar.ts';
import { codeIn, pageOf, rowsOf, sectionOf } from './pages.ts';

const LAB = pageOf('docs/lab.md');

describe('the README', () => {
  it('has every command of the grammar, and no other', () => {
    const shown = rowsOf(sectionOf(pageOf('README.md'), 'In Slack'))
      .flatMap(([cell = '']) => codeIn(cell))
      .map((code) => code.replace(/^\/migrate ?/, ''));
    const usages = GRAMMAR.map(({ parts }) => parts.join(' ').replace('…', ''));
    expect(shown.toSorted()).toEqual(usages.toSorted());
  });
});

describe('the user guide', () => {
  const MAY: Readonly<Record<string, string>> = {
    viewer: 'yes yes yes',
    operator: 'no yes no',
    approver: 'no no yes',
    'operator or approver': 'no yes yes',
  };

  it('says who may do what as the grammar does', () => {
    const rows = rowsOf(sectionOf(pageOf('docs/user-guide.md'), 'Who may do what'));
    const said = rows.flatMap(([commands = '', ...may]) =>
      codeIn(commands).map((name) => `${name}: ${may.join(' ')}`),
    );
    const meant = GRAMMAR.flatMap(({ name, for: audience }) =>
      audience === 'anyone' ? [] : [`${name}: ${MAY[audience]}`],
    );
    expect(said.toSorted()).toEqual(meant.toSorted());
  });
});

describe('the page of the lab', () => {
  it('names the people and the channels', () => {
    const first = rowsOf(sectionOf(LAB, 'The page')).flatMap(([cell = '']) => codeIn(cell));
    const people = PEOPLE.map(({ name }) => name);
    expect(first).toEqual([...people, ...CHANNELS.map(({ name }) => `#${name}`)]);
  });

  it('names every button that breaks something, and where it is', () => {
    const WHERE: Readonly<Record<FaultPlace, string>> = {
      lab: 'the lab',
      host: 'each host',
      vm: 'each VM',
      slack: 'between Slack and the bot',
    };
    // Only what is to be pressed is asked for; nothing is started.
    const { faults } = faultDesk({ store: {} } as Parameters<typeof faultDesk>[0]);
    const buttons = faults.map(({ label, place }) => [label, WHERE[place]]);
    expect(rowsOf(sectionOf(LAB, 'What you can break'))).toEqual(buttons);
  });
});
