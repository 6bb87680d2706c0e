/** Whatever is typed is answered: in words, within Slack's limits, and no markup of it is obeyed. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentOf } from '../../src/lab/slack/message-rules.ts';
import { GRAMMAR, KEYWORDS } from '../../src/slack/commands/grammar.ts';
import { answerTo } from '../../src/slack/commands/run-command.ts';
import { OPERATOR } from './fake-operations.ts';
import { underWay } from './under-way.ts';

const RUNS = 300;

const odd = fc.oneof(
  fc.constantFrom(...KEYWORDS),
  fc.constantFrom(
    ...['0', '-5MB/s', '1e99MB/s', '50MB/s', '0s', '90s', 'off', 'D:', 'dc02', 'hv-b', 'm1', 'm99'],
    ...[
      '🦄',
      '👩‍👩‍👧‍👦',
      ':tada:',
      '\0',
      '\u202edc02',
      'dc\u200b02',
      '\u200f',
      '\ud800',
      '\r\n',
      '→',
      '->',
    ],
    ...['<@U012ABC>', '<@U012ABC|bob>', '<#C123>', '<!channel>', '<!subteam^S1>', '&lt;!here&gt;'],
    ...['<http://dc02.local|dc02.local>', '"', '“', "'", '`', '```', '""', '*dc02*', '$(reboot)'],
    ...['__proto__', 'constructor', 'toString', '../../etc/passwd', "'; DROP TABLE entries; --"],
    ...['x'.repeat(150), 'x'.repeat(5000), '&'.repeat(300), 'ABCDE-FGHIJ-KLMNO-PQ234'],
  ),
  fc.string({ unit: 'binary', size: 'max', maxLength: 600 }),
);

/** Any words; or a real command with one of its words left out, changed, added or repeated. */
const typed = fc.oneof(
  fc.array(odd, { maxLength: 30, size: 'max' }),
  fc
    .tuple(fc.constantFrom(...GRAMMAR), fc.nat(12), fc.nat(2), fc.array(odd, { maxLength: 2 }))
    .map(([{ example }, at, left, added]) => example.split(' ').toSpliced(at, left, ...added)),
);

describe('nonsense', () => {
  it('is always answered, and never does what nobody could mean', async () => {
    await fc.assert(
      fc.asyncProperty(
        typed,
        fc.option(fc.constant('m1'), { nil: undefined }),
        async (words, operation) => {
          const edge = await underWay();
          const asker = { user: OPERATOR, channel: 'C-MIGRATIONS', operation };
          const answer = await answerTo(words.join(' '), asker, edge);
          contentOf({ channel: 'C', text: answer.text, blocks: answer.blocks } as never);
          expect(answer.text.trim()).not.toBe('');
          expect(answer.text.length).toBeLessThanOrEqual(3000);
          expect(answer.text).not.toMatch(/<(?:!(?!date)|@(?!U-)|#(?!C-MIGRATIONS))/);
          expect(answer.text).not.toMatch(/\bundefined\b|\bNaN\b|\[object|Report this code/);
          expect(JSON.stringify(edge.logged)).not.toContain('"bug"');
          expect(edge.operations.asked.length).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
