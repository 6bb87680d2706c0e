import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GRAMMAR, KEYWORDS, typedName, usageOf } from '../../src/slack/commands/grammar.ts';
import { OPTIONS } from '../../src/slack/commands/options.ts';
import { parseCommand } from '../../src/slack/commands/parse.ts';
import { COMMAND_CHARS_MAX } from '../../src/slack/commands/words.ts';
import { problemAnswer } from '../../src/slack/views/answers.ts';
import { helpAnswer } from '../../src/slack/views/help-answer.ts';
import { commands } from '../../src/texts/en/commands.ts';
import { english, LANGUAGES, wordsIn } from '../../src/texts/words.ts';

const wish = (vm: string, target: string, options: object = {}) => ({ vm, target, ...options });
const move = (vm: string, target: string, options: object = {}) => ({
  command: { name: 'migrate', wish: wish(vm, target, options) },
});
const command = (name: string, values: object = {}) => ({ command: { name, ...values } });
const problem = (code: string, facts: object = {}) => ({ problem: { code, facts } });

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
  ['limit to hv-b', move('limit', 'hv-b')],
  [
    'dc02 to hv-b live switch LAN=Office',
    move('dc02', 'hv-b', { method: 'live', switches: [{ from: 'LAN', to: 'Office' }] }),
  ],
  [
    'dc02 to hv-b switch "LAN=Office 2, DMZ = Front"',
    move('dc02', 'hv-b', {
      switches: [
        { from: 'LAN', to: 'Office 2' },
        { from: 'DMZ', to: 'Front' },
      ],
    }),
  ],
  ['switch to hv-b', move('switch', 'hv-b')],
  ...['LAN', 'LAN=', '=Office', 'LAN=A=B', 'LAN=A,lan=B', 'LAN=A,'].map(
    (text): [string, object] => [
      `dc02 to hv-b switch ${text}`,
      problem('switches-unreadable', { text }),
    ],
  ),
  ['pause to hv-b pause 90s', move('pause', 'hv-b', { pauseSecondsMax: 90 })],
  ['plan to hv-b', move('plan', 'hv-b')],
  ['delete to hv-b', move('delete', 'hv-b')],
  ['"enroll" to hv-b', move('enroll', 'hv-b')],
  ['R&amp;D to hv-b', move('R&D', 'hv-b')],
  ['&amp;lt; to hv-b', move('&lt;', 'hv-b')],
  ['<http://dc02.local|dc02.local> to hv-b', move('dc02.local', 'hv-b')],
  ['<@U123> to hv-b', move('<@U123>', 'hv-b')],
  ['<@U123|dc02> to <#C123|hv-b>', move('@dc02', '#hv-b')],
  ['&lt;!channel&gt; to hv-b', move('<!channel>', 'hv-b')],
  ['dc02 to hv-b live', move('dc02', 'hv-b', { method: 'live' })],
  ['dc02 to hv-b STREAM', move('dc02', 'hv-b', { method: 'stream' })],
  ['dc02 to live', move('dc02', 'live')],
  ['dc02 to hv-b on D:', move('dc02', 'hv-b', { volume: 'D:' })],
  ['dc02 to hv-b on "C:\\my vms"', move('dc02', 'hv-b', { volume: 'C:\\my vms' })],
  [
    'dc02 to hv-b on limit limit 1GB/s',
    move('dc02', 'hv-b', { volume: 'limit', bytesPerSecondMax: 1e9 }),
  ],
  ['dc02 to hv-b limit 50 MB/s', move('dc02', 'hv-b', { bytesPerSecondMax: 50e6 })],
  ['dc02 to hv-b limit off', move('dc02', 'hv-b')],
  ['dc02 to hv-b pause 1m 30s live', move('dc02', 'hv-b', { pauseSecondsMax: 90, method: 'live' })],
  ...(
    [
      ['dc02 to hv-b at 22:00', { start: '22:00' }],
      ['dc02 to hv-b tonight', { start: 'tonight' }],
      ['dc02 to hv-b stasera', { start: 'stasera' }],
      ['dc02 to hv-b AT Saturday at 3am', { start: 'Saturday at 3am' }],
      ['dc02 to hv-b cutover at 23:00', { cutover: '23:00' }],
      ['dc02 to hv-b cutover alle 23', { cutover: 'alle 23' }],
      ['dc02 to hv-b at 22:00 cutover at 23:30', { start: '22:00', cutover: '23:30' }],
      ['dc02 to hv-b cutover tomorrow at 3 at 22:00', { start: '22:00', cutover: 'tomorrow at 3' }],
    ] as const
  ).map(([text, times]): [string, object] => [
    text,
    { command: { ...move('dc02', 'hv-b').command, times } },
  ]),
  [
    'dc02 to hv-b at tomorrow at 3 limit 50MB/s',
    {
      command: {
        ...move('dc02', 'hv-b', { bytesPerSecondMax: 50e6 }).command,
        times: { start: 'tomorrow at 3' },
      },
    },
  ],
  ['at to hv-b', move('at', 'hv-b')],
  ['cutover to tonight', move('cutover', 'tonight')],
  ['dc02 to hv-b at 22:00 quickly', problem('option-unknown', { text: 'quickly' })],
  ['dc02 to hv-b at noonish', problem('time-unreadable', { text: 'noonish' })],
  ['dc02 to hv-b cutover at', problem('option-incomplete', { usage: '[cutover at <time>]' })],
  ['plan dc02 to hv-b', command('plan', { wish: wish('dc02', 'hv-b') })],
  ['plan plan to hv-b live', command('plan', { wish: wish('plan', 'hv-b', { method: 'live' }) })],
  ['dc02 to hv-b limit', problem('option-incomplete', { usage: '[limit <rate>]' })],
  ['dc02 to hv-b limit 50', problem('rate-unreadable', { text: '50' })],
  ['dc02 to hv-b limit "50MB/s"', problem('rate-unreadable')],
  ['to to to', move('to', 'to')],
  ['to to to to', problem('option-unknown', { text: 'to' })],
  ...['0', '0MB/s', '-5MB/s', '1e99MB/s', '999999999999TB/s', 'NaN', '🦄'].map(
    (text) => [`dc02 to hv-b limit ${text}`, problem('rate-unreadable', { text })] as const,
  ),
  ...['0', '0s', '-1s', '2d', '99999h', '1e9s'].map(
    (text) => [`dc02 to hv-b pause ${text}`, problem('duration-unreadable', { text })] as const,
  ),
  ['dc02 to hv-b pause soon', problem('duration-unreadable', { text: 'soon' })],
  ['dc02 to hv-b live stream', problem('option-twice', { usage: '[live|stream]' })],
  ['dc02 to hv-b on D: on E:', problem('option-twice', { usage: '[on <volume>]' })],
  ['dc02 to hv b', problem('option-unknown', { text: 'b', typed: 'dc02 to "hv b"' })],
  ['$(rm -rf) to hv-b', problem('command-quotes-needed', { typed: '"$(rm -rf)" to hv-b' })],
  ['my vm to hv-b', problem('command-quotes-needed', { typed: '"my vm" to hv-b' })],
  [
    'my vm to hv b limit 5MB/s',
    problem('command-quotes-needed', { typed: '"my vm" to "hv b" limit 5MB/s' }),
  ],
  ['plan my vm to hv-b', problem('command-quotes-needed', { typed: 'plan "my vm" to hv-b' })],
  ['enroll hv-b ABCD', command('enroll', { host: 'hv-b', code: 'ABCD' })],
  ['enroll hv-b ABCD EFGH', command('enroll', { host: 'hv-b', code: 'ABCDEFGH' })],
  ['enroll hv-b', problem('command-incomplete', { usage: 'enroll <host> <code>' })],
  ['status', command('status')],
  ['Status dc02', command('status', { vm: 'dc02' })],
  ['history', command('history')],
  ['history m12', command('history', { vm: 'm12' })],
  ['cancel "my vm"', command('cancel', { vm: 'my vm' })],
  ['cancel my vm', problem('command-quotes-needed', { typed: 'cancel "my vm"' })],
  ['cancel', problem('command-incomplete', { usage: 'cancel <vm>' })],
  ['cancel sql 2019', problem('command-quotes-needed', { typed: 'cancel "sql 2019"' })],
  ['pause dc02 90s', problem('command-incomplete', { usage: 'pause <vm>' })],
  ['pause dc02 0s', problem('command-incomplete', { usage: 'pause <vm>' })],
  ['pause 0s', command('pause', { vm: '0s' })],
  ['pause dc02', command('pause', { vm: 'dc02' })],
  ['resume dc02', command('resume', { vm: 'dc02' })],
  ['retry m1', command('retry', { vm: 'm1' })],
  ['rollback dc02', command('rollback', { vm: 'dc02' })],
  ['limit dc02 400Mbit/s', command('limit', { vm: 'dc02', bytesPerSecondMax: 50e6 })],
  ['limit dc02 50 MB/s', command('limit', { vm: 'dc02', bytesPerSecondMax: 50e6 })],
  ['limit dc02 OFF', command('limit', { vm: 'dc02' })],
  ['limit dc02', problem('command-incomplete', { usage: 'limit <vm> <rate>|off' })],
  ['limit dc02 50', problem('rate-unreadable', { text: '50' })],
  ['delete copy dc02 on hv-b', command('delete', { vm: 'dc02', host: 'hv-b' })],
  [
    'delete copy my vm on hv b',
    problem('command-quotes-needed', { typed: 'delete copy "my vm" on "hv b"' }),
  ],
  ['delete copy on on on', command('delete', { vm: 'on', host: 'on' })],
  ['delete copy dc02 on', problem('command-incomplete', { usage: 'delete copy <vm> on <host>' })],
  ['delete dc02', problem('command-incomplete', { usage: 'delete copy <vm> on <host>' })],
  ['hosts', command('hosts')],
  ['hosts please', problem('command-incomplete', { usage: 'hosts' })],
  ['vms', command('vms')],
  ['copies', command('copies')],
  ['what-if hv-a dies', command('what-if', { host: 'hv-a' })],
  ['what-if to hv-a', move('what-if', 'hv-a')],
  ['what-if hv-a', problem('command-incomplete', { usage: 'what-if <host> dies' })],
  ['doctor', command('doctor')],
  ['help', command('help')],
  ['help migrate', command('help', { command: 'migrate' })],
  ['', command('ask')],
  [' \n\t ', command('ask')],
  ['dc02', problem('command-unknown')],
  ['dc02 to', problem('command-incomplete')],
  ['to hv-b', problem('command-unknown')],
  ['"status"', problem('command-near', { text: '"status"', near: ['status'] })],
  ['"dc02 to hv-b', problem('command-quote-open')],
  ['"" to hv-b', problem('command-name-empty')],
  ['" " to hv-b', problem('command-name-empty')],
  ['x'.repeat(5000), problem('command-too-long')],
];

describe('the grammar', () => {
  it.each(COMMANDS)('reads %j', (text, expected) => {
    const parsed = parseCommand(text);
    if ('problem' in parsed) return expect(parsed).toMatchObject(expected);
    expect({ command: parsed.command }).toEqual(expected);
  });

  it('reads the example of every rule, and of every option, as that rule', () => {
    for (const { name, example } of GRAMMAR) {
      expect(parseCommand(example)).toMatchObject({ command: { name } });
    }
    for (const { example } of OPTIONS) {
      const typed = `dc02 to hv-b ${example}`;
      expect(parseCommand(typed)).toMatchObject({ command: { name: 'migrate' } });
    }
  });

  it('takes the options in any order', () => {
    const examples = OPTIONS.map(({ example }) => example);
    const all = parseCommand(`dc02 to hv-b ${examples.join(' ')}`);
    fc.assert(
      fc.property(fc.shuffledSubarray(examples, { minLength: examples.length }), (some) => {
        expect(parseCommand(`dc02 to hv-b ${some.join(' ')}`)).toMatchObject({
          command: 'command' in all ? all.command : {},
        });
      }),
    );
  });

  it('never throws, and answers what it cannot read with one text and one remedy', () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary', size: 'max', maxLength: 600 }),
      fc
        .array(
          fc.oneof(
            fc.constantFrom(...KEYWORDS),
            fc.constantFrom(
              '"',
              '“',
              "'",
              '`',
              'tp',
              'dc02',
              '<!channel>',
              '&lt;',
              '\0',
              '5',
              'MB/s',
            ),
          ),
          { maxLength: 40 },
        )
        .map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(odd, fc.option(fc.constant('m1'), { nil: undefined }), (text, operation) => {
        const parsed = parseCommand(text, operation);
        if ('command' in parsed) return;
        for (const words of LANGUAGES.map(wordsIn)) {
          const answer = problemAnswer(parsed.problem, words);
          expect(answer.text).not.toMatch(/<[!@#]/);
          expect(answer.text.length).toBeLessThan(700);
          expect(answer.text).not.toContain(parsed.problem.code);
        }
      }),
    );
  });

  it('gives back every name that is quoted', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 100 })
      .filter((text) => text.trim() !== '' && !/["“”„‟«»]/.test(text));
    fc.assert(
      fc.property(name, name, (vm, host) => {
        const typed = `"${asSlack(vm)}" to “${asSlack(host)}”`;
        expect(parseCommand(typed)).toMatchObject(move(vm, host));
      }),
    );
  });

  it('gives back every name that it types itself', () => {
    const name = fc.oneof(
      fc.constantFrom(...KEYWORDS, 'my vm', "bob's pc", 'the "big" one'),
      fc.stringMatching(/^[a-z '"-]{1,20}$/).filter((text) => text.trim() !== ''),
    );
    fc.assert(
      fc.property(name, (vm) => {
        const typed = typedName(vm);
        fc.pre(typed !== vm || !/\s/.test(vm));
        expect(parseCommand(`cancel ${typed}`)).toMatchObject(command('cancel', { vm }));
      }),
    );
  });

  it('takes a command of the greatest length', () => {
    const vm = 'x'.repeat(COMMAND_CHARS_MAX - ' to hv-b'.length);
    expect(parseCommand(`${vm} to hv-b`)).toMatchObject(move(vm, 'hv-b'));
    expect(parseCommand(`x${vm} to hv-b`)).toMatchObject({ problem: {} });
  });
});

describe('in the thread of m1', () => {
  it.each([
    ['cancel', command('cancel', { vm: 'm1' })],
    ['status', command('status', { vm: 'm1' })],
    ['limit 50 MB/s', command('limit', { vm: 'm1', bytesPerSecondMax: 50e6 })],
    ['limit off', command('limit', { vm: 'm1' })],
    ['cancel dc09', command('cancel', { vm: 'dc09' })],
    ['limit dc09 off', command('limit', { vm: 'dc09' })],
    ['history', command('history')],
    ['dc02 to hv-b', move('dc02', 'hv-b')],
  ])('reads %j', (text, expected) => {
    expect(parseCommand(text, 'm1')).toMatchObject(expected);
  });

  it.each([
    ['limit 50', problem('rate-unreadable', { text: '50' })],
    ['limit dc02 51', problem('rate-unreadable', { text: '51' })],
    ['cancl', problem('command-near', { near: ['cancel'] })],
  ])('answers %j', (text, expected) => {
    expect(parseCommand(text, 'm1')).toMatchObject(expected);
  });
});

describe('a slip', () => {
  const nearOf = (text: string): unknown => {
    const parsed = parseCommand(text);
    return 'problem' in parsed ? parsed.problem.facts.near : parsed;
  };

  it.each([
    ['statsu dc02', ['status dc02']],
    ['hots', ['hosts']],
    ['host', ['hosts']],
    ['dc02 too hv-b', ['dc02 to hv-b']],
    ['dc02 tp "hv b"', ['dc02 to "hv b"']],
    ['dc02 to hv-b limt 50MB/s', ['dc02 to hv-b limit 50MB/s']],
    ['dc02 to hv-b straem', ['dc02 to hv-b stream']],
    ['delete copi dc02 on hv-b', ['delete copy dc02 on hv-b']],
    ['enrol hv-b ABCD EFGH', ['enroll hv-b <code>']],
    ['migrate dc02 to hv-b', ['dc02 to hv-b']],
    ['migrate dc02 hv-b', ['dc02 to hv-b']],
    ['move dc02 hv-b limit 50MB/s', ['dc02 to hv-b limit 50MB/s']],
    ['dc02 -&gt; hv-b', ['dc02 to hv-b']],
    ['dc02 → hv-b live', ['dc02 to hv-b live']],
    ['plan dc02 => "hv b"', ['plan dc02 to "hv b"']],
    ['`dc02 to hv-b`', ['dc02 to hv-b']],
    ['"cancel \'my vm\'"', ['cancel "my vm"']],
    ['"exchange"', undefined],
    ['"cancel"', undefined],
    ['migrate', undefined],
    ['please /migrate status', ['status']],
    ['cancle', ['cancel <vm>']],
    ['move my vm to hv-b', undefined],
  ])('in %j is answered with the whole command', (text, near) => {
    expect(nearOf(text)).toEqual(near);
  });

  it('of one keyword is found in every example, and what is suggested can be read', () => {
    const typed = fc.constantFrom(...GRAMMAR.filter(({ parts }) => (parts[0] ?? '').length > 3));
    fc.assert(
      fc.property(typed, fc.nat(20), ({ name, example }, at) => {
        const keyword = example.split(' ')[0] ?? '';
        const place = at % keyword.length;
        fc.pre(/^[a-z]+$/.test(keyword));
        const wrong = `${keyword.slice(0, place)}#${example.slice(place)}`;
        const near = nearOf(wrong);
        const shown = name === 'enroll' ? 'enroll hv-b <code>' : example;
        expect(near).toContain(shown);
        expect(parseCommand(String(example))).toMatchObject({ command: { name } });
      }),
    );
  });
});

describe('help', () => {
  it('names every command of the table with its meaning', () => {
    const { text } = helpAnswer(english);
    for (const { name } of GRAMMAR) expect(text).toContain(commands.meaning[name]);
    expect(text).toContain('/migrate &lt;vm&gt; to &lt;host&gt;');
  });

  it('shows one command with its options, an example and who may', () => {
    const { text } = helpAnswer(english, 'MIGRATE');
    for (const { name } of OPTIONS) expect(text).toContain(commands.option[name]);
    expect(text).toContain('For example: /migrate dc02 to hv-b stream on D: limit 50MB/s');
    expect(text).toContain('Who may: operators');
    expect(text).not.toContain('/migrate cancel');
  });

  it('shows the nearest when asked for one that is misspelled, and all for any other', () => {
    const near = helpAnswer(english, 'limt').text;
    expect(near).toContain('There is no command limt.');
    expect(near).toContain('/migrate limit');
    expect(near).not.toContain('/migrate cancel');
    const all = helpAnswer(english, '<!channel>').text;
    expect(all).toContain('There is no command &lt;!channel&gt;');
    expect(all).toContain('/migrate cancel');
  });

  it.each(LANGUAGES)(
    'in %s fits in what is read at once: a message without anything left out',
    (language) => {
      const { text, blocks } = helpAnswer(wordsIn(language));
      expect(text).not.toContain('…');
      for (const rule of GRAMMAR) {
        const usage = usageOf({ ...rule, options: [] });
        expect(JSON.stringify(blocks)).toContain(asSlack(usage));
        const own = helpAnswer(wordsIn(language), rule.name).text;
        expect(own).toContain(asSlack(usageOf(rule)));
      }
    },
  );
});

const asSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
