import { describe, expect, it } from '@jest/globals';
import { zoneIn } from '../../src/slack/zone.ts';

describe('the time zone of a person', () => {
  const asked = async (answer: () => Promise<object>) => {
    const logged: [string, object][] = [];
    const info = about(answer);
    const zone = await zoneIn({
      client: { users: { info } } as never,
      log: (event, facts = {}) => logged.push([event, facts]),
    })('U1');
    return { zone, logged };
  };

  it.each([
    ['Europe/Rome', 'Europe/Rome'],
    ['Mars/Olympus', undefined],
    [undefined, undefined],
  ])('is what Slack says, where clocks know it: %s', async (tz, zone) => {
    expect(await asked(async () => ({ ok: true, user: { id: 'U1', tz } }))).toEqual({
      zone,
      logged: [],
    });
  });

  it('is unknown where Slack refuses, and the log says why', async () => {
    const refuse = async () => {
      throw Object.assign(new Error('An API error occurred: missing_scope'), {
        code: 'slack_webapi_platform_error',
        data: { ok: false, error: 'missing_scope' },
      });
    };
    const { zone, logged } = await asked(refuse);
    expect(zone).toBeUndefined();
    expect(logged).toMatchObject([['slack-zone-unknown', { user: 'U1' }]]);
  });
});

/** Answers only about the one who was asked for. */
const about = (answer: () => Promise<object>) => async (args: { user: string }) => {
  expect(args).toEqual({ user: 'U1' });
  return await answer();
};
