import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GRAMMAR, parseCommand, usageOf } from '../../src/slack/commands/grammar.ts';
import { COMMAND_CHARS_MAX } from '../../src/slack/commands/words.ts';
import { helpAnswer, problemAnswer } from '../../src/slack/views/answers.ts';
import { chat } from '../../src/texts/en/chat.ts';

const move = (vm: string, host: string) => ({ command: { name: 'migrate', vm, host } });

const COMMANDS: readonly (readonly [string, object])[] = [
  ['dc02 to hv-b', move('dc02', 'hv-b')],
  ['  dc02   TO\thv-b ', move('dc02', 'hv-b')],
  ['"my vm" to "hv b"', move('my vm', 'hv b')],
  ["'my vm' to hv-b", move('my vm', 'hv-b')],
  ['“my vm” to ‘hv b’', move('my vm', 'hv b')],
  ['„my vm“ to «hv b»', move('my vm', 'hv b')],
  ['"my vm” to `hv-b`', move('my vm', 'hv-b')],
  ["'bob's pc' to hv-b", move("bob's pc", 'hv-b')],
  ["bob's-pc to hv-b", move("bob's-pc", 'hv-b')],
  ['"the "big"-vm" to hv-b', move('the "big"-vm', 'hv-b')],
  ['"to" to to', move('to', 'to')],
  ['status to hv-b', move('status', 'hv-b')],
  ['"enroll" to hv-b', move('enroll', 'hv-b')],
  ['R&amp;D to hv-b', move('R&D', 'hv-b')],
  ['&amp;lt; to hv-b', move('&lt;', 'hv-b')],
  ['<http://dc02.local|dc02.local> to hv-b', move('dc02.local', 'hv-b')],
  ['<@U123> to hv-b', move('<@U123>', 'hv-b')],
  ['&lt;!channel&gt; to hv-b', move('<!channel>', 'hv-b')],
  ['$(rm -rf) to hv-b', { problem: { code: 'command-quotes-needed' } }],
  ['my vm to hv-b', { problem: { code: 'command-quotes-needed', facts: { vm: 'my vm' } } }],
  ['enroll hv-b ABCD', { command: { name: 'enroll', host: 'hv-b', code: 'ABCD' } }],
  ['enroll hv-b ABCD EFGH', { command: { name: 'enroll', host: 'hv-b', code: 'ABCDEFGH' } }],
  ['enroll hv-b', { problem: { code: 'command-incomplete' } }],
  ['status', { command: { name: 'status' } }],
  ['Status dc02', { command: { name: 'status', vm: 'dc02' } }],
  ['cancel "my vm"', { command: { name: 'cancel', vm: 'my vm' } }],
  ['cancel', { problem: { code: 'command-incomplete' } }],
  ['hosts', { command: { name: 'hosts' } }],
  ['hosts please', { problem: { code: 'command-incomplete' } }],
  ['help', { command: { name: 'help' } }],
  ['help migrate', { command: { name: 'help', command: 'migrate' } }],
  ['', { problem: { code: 'command-empty' } }],
  [' \n\t ', { problem: { code: 'command-empty' } }],
  ['dc02', { problem: { code: 'command-unknown' } }],
  ['dc02 to', { problem: { code: 'command-unknown' } }],
  ['to hv-b', { problem: { code: 'command-unknown' } }],
  ['"dc02 to hv-b', { problem: { code: 'command-quote-open' } }],
  ['"" to hv-b', { problem: { code: 'command-name-empty' } }],
  ['" " to hv-b', { problem: { code: 'command-name-empty' } }],
  ['x'.repeat(5000), { problem: { code: 'command-too-long' } }],
];

describe('the grammar', () => {
  it.each(COMMANDS)('reads %j', (text, expected) => {
    expect(parseCommand(text)).toMatchObject(expected);
  });

  it('reads what its own help shows', () => {
    for (const rule of GRAMMAR) {
      const typed = usageOf(rule).replace(/[<>[\]]/g, '');
      expect(parseCommand(typed)).toMatchObject({ command: { name: rule.name } });
    }
  });

  it('never throws, and answers what it cannot read with one text and one remedy', () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary', size: 'max', maxLength: 600 }),
      fc
        .array(fc.constantFrom('"', '“', "'", '`', ' ', 'to', 'dc02', '<!channel>', '&lt;', '\0'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(odd, (text) => {
        const parsed = parseCommand(text);
        if ('command' in parsed) return;
        const answer = problemAnswer(parsed.problem);
        expect(answer.text).not.toMatch(/<[!@#]/);
        expect(answer.text.length).toBeLessThan(700);
        expect(answer.text).not.toContain('Report this code');
      }),
    );
  });

  it('gives back every name that is quoted', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 100 })
      .filter((text) => text.trim() !== '' && !/["“”„‟«»]/.test(text));
    fc.assert(
      fc.property(name, name, (vm, host) => {
        const asSlack = (text: string) =>
          text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        expect(parseCommand(`"${asSlack(vm)}" to “${asSlack(host)}”`)).toEqual(move(vm, host));
      }),
    );
  });

  it('takes a command of the greatest length', () => {
    const vm = 'x'.repeat(COMMAND_CHARS_MAX - ' to hv-b'.length);
    expect(parseCommand(`${vm} to hv-b`)).toEqual(move(vm, 'hv-b'));
    expect(parseCommand(`x${vm} to hv-b`)).toMatchObject({ problem: {} });
  });
});

describe('help', () => {
  it('names every command of the table with its meaning', () => {
    const { text } = helpAnswer();
    for (const rule of GRAMMAR) {
      expect(text).toContain(chat.commands[rule.name]);
    }
    expect(text).toContain('/migrate &lt;vm&gt; to &lt;host&gt;');
  });

  it('shows one command when asked for one', () => {
    const { text } = helpAnswer('HOSTS');
    expect(text).toContain('/migrate hosts');
    expect(text).not.toContain('/migrate cancel');
  });

  it('shows all when asked for an unknown one', () => {
    const { text } = helpAnswer('<!channel>');
    expect(text).toContain('There is no command &lt;!channel&gt;');
    expect(text).toContain('/migrate cancel');
  });
});
