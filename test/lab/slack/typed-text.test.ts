import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainOf } from '../../../src/lab/slack/plain-text.ts';
import { escaped, slackTextOf } from '../../../src/lab/slack/typed-text.ts';

describe('what people type', () => {
  it.each([
    ['ask @aldo', 'ask <@U-APPROVER|aldo>', 'ask <@U-APPROVER>'],
    ['@ferry, help', '<@U-FERRY|ferry>, help', '<@U-FERRY>, help'],
    ['(@zoe)', '(<@U-STRANGER|zoe>)', '(<@U-STRANGER>)'],
    ['in #migrations.', 'in <#C-MIGRATIONS|migrations>.', 'in <#C-MIGRATIONS|migrations>.'],
    ['@channel @here', '<!channel> <!here>', '<!channel> <!here>'],
    ['@nobody #nowhere', '@nobody #nowhere', '@nobody #nowhere'],
    ['olga@example.com', 'olga@example.com', 'olga@example.com'],
    ['<!channel> & <@U-APPROVER>', ...twice('&lt;!channel&gt; &amp; &lt;@U-APPROVER&gt;')],
  ])('"%s" reaches a command as "%s" and a channel as "%s"', (typed, inCommand, inChannel) => {
    expect(slackTextOf(typed, { withNames: true })).toBe(inCommand);
    expect(slackTextOf(typed, { withNames: false })).toBe(inChannel);
  });

  it('is never taken for markup: no < or > of the person is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>&@!U|- a') }), (typed) => {
        expect(escaped(typed)).not.toMatch(/[<>]/);
        expect(slackTextOf(typed, { withNames: false })).toBe(escaped(typed));
      }),
    );
  });
});

describe('Slack’s markup as plain text', () => {
  it.each([
    ['*dc02* moves to _hv-b_', 'dc02 moves to hv-b'],
    ['a*b*c and snake_case_name', 'a*b*c and snake_case_name'],
    ['`dc02_1.vhdx`', 'dc02_1.vhdx'],
    ['```\nlog line\n```', 'log line\n'],
    ['<@U-APPROVER> and <@U-OPERATOR|olga>', '@aldo and @olga'],
    ['<#C-MIGRATIONS|migrations>', '#migrations'],
    ['<#C-MIGRATIONS> and <#C-OTHER>', '#migrations and #C-OTHER'],
    ['<!date^1795417^{date_short} {time}|24 Nov, 07:49 UTC>', '24 Nov, 07:49 UTC'],
    ['<!channel> <!subteam^S1|@admins>', '@channel @subteam'],
    ['<https://example.com|the guide>', 'the guide (https://example.com)'],
    ['<https://example.com>', 'https://example.com'],
    ['&lt;!channel&gt; &amp;amp;', '<!channel> &amp;'],
    ['2 * 3 * 4', '2 * 3 * 4'],
  ])('"%s" reads "%s"', (mrkdwn, plain) => {
    expect(plainOf(mrkdwn)).toBe(plain);
  });

  it('gives back what was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>&;ltgamp ') }), (typed) => {
        expect(plainOf(escaped(typed))).toBe(typed);
      }),
    );
  });
});

function twice(text: string): [string, string] {
  return [text, text];
}
