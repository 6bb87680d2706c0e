import { describe, expect, it } from '@jest/globals';
import { type SlackLooking, scopesFindings, slackFindings } from '../../src/doctor/slack.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { SlackLook } from '../../src/slack/look.ts';
import { SCOPES_NEEDED, SCOPES_OPTIONAL } from '../../src/slack/manifest.ts';
import { textsIn } from '../../src/texts/catalogue.ts';
import { LANGUAGES } from '../../src/texts/words.ts';
import { told } from './words.ts';

const ALL = [...SCOPES_NEEDED, ...SCOPES_OPTIONAL];

const look: SlackLook = {
  bot: async () => ({ user: 'ferry', team: 'lab', scopes: ALL }),
  app: async () => undefined,
  isInChannel: async () => true,
  user: async (id) => (id === 'UGONE' ? 'deactivated' : id === 'UBOT' ? 'bot' : 'active'),
  group: async (id) => (id === 'SEMPTY' ? [] : ['U2', 'U3']),
};

const refuse =
  (code: string, facts = {}) =>
  () =>
    Promise.reject(new Problem(code, facts));
const tokenRefused = refuse('slack-token-refused', { token: 'bot', error: 'invalid_auth' });
const unreachable = refuse('slack-unreachable', { url: 'x', error: 'ECONNREFUSED' });

interface Changes extends Partial<Omit<SlackLooking, 'look'>> {
  readonly look?: Partial<SlackLook>;
}

/** Everything but what is well. */
async function trouble({ look: changed = {}, ...changes }: Changes): Promise<string[]> {
  const findings = await slackFindings({
    channel: 'C1',
    roles: { operators: ['U1'], approvers: ['U2'], viewers: [] },
    approversNeeded: 1,
    twoPersons: true,
    connections: async () => ({ open: 2, wanted: 2 }),
    ...changes,
    look: { ...look, ...changed },
  });
  return told(findings).filter((one) => !one.startsWith('ok'));
}

const roles = (approvers: readonly string[], operators: readonly string[] = ['U1']) => ({
  roles: { operators, approvers, viewers: [] },
});

describe("the doctor's look at Slack", () => {
  it('finds nothing where all is well', async () => {
    expect(await trouble({})).toEqual([]);
  });

  it('blocks for a refused token, and knows nothing when Slack is away', async () => {
    expect(await trouble({ look: { bot: tokenRefused } })).toEqual(['blocker slack-token-refused']);
    expect(await trouble({ look: { app: tokenRefused } })).toEqual(['blocker slack-token-refused']);
    const away = await trouble({
      look: { bot: unreachable, app: unreachable, isInChannel: unreachable, user: unreachable },
    });
    // Said once, however many questions it ends.
    expect(away).toEqual(['unknown slack-unreachable']);
  });

  it.each(SCOPES_NEEDED.map((scope) => [scope]))('blocks without the scope %s', (scope) => {
    expect(told(scopesFindings(ALL.filter((one) => one !== scope)))).toEqual([
      'blocker doctor-scopes-missing',
    ]);
  });

  it('warns of declined and of needless scopes, and does not guess scopes', async () => {
    expect(told(scopesFindings(SCOPES_NEEDED))).toEqual(['warning doctor-scopes-declined']);
    expect(told(scopesFindings([...ALL, 'admin']))).toEqual(['warning doctor-scopes-extra']);
    const silent = { bot: async () => ({ user: 'ferry', team: 'lab' }) };
    expect(await trouble({ look: silent })).toEqual(['unknown doctor-scopes-unknown']);
  });

  it('finds that the bot is not in its channel, or cannot look', async () => {
    expect(await trouble({ look: { isInChannel: async () => false } })).toEqual([
      'blocker doctor-channel-not-in',
    ]);
    expect(await trouble({ look: { isInChannel: async () => 'cannot look' } })).toEqual([
      'warning doctor-channel-unknown',
    ]);
  });

  it('only warns of what optional scopes would show, with what that costs', async () => {
    const bot = async () => ({ user: 'ferry', team: 'lab', scopes: SCOPES_NEEDED });
    expect(await trouble({ look: { bot, isInChannel: async () => 'cannot look' } })).toEqual([
      'warning doctor-scopes-declined',
      'warning doctor-channel-unknown',
    ]);
    for (const language of LANGUAGES) {
      const { text } = textsIn(language)({
        code: 'doctor-channel-unknown',
        facts: { channel: 'C1' },
      });
      expect(text).toMatch(/C1.*channels:history.*groups:history/);
    }
  });

  it.each([
    [{ open: 1, wanted: 2 }, ['warning doctor-connections-few']],
    [{ open: 0, wanted: 2 }, ['blocker doctor-connections-none']],
    [undefined, ['unknown doctor-connections-unknown']],
  ])('judges the connections %p', async (connections, expected) => {
    expect(await trouble({ connections: async () => connections })).toEqual(expected);
  });

  it('finds people and groups that are absent, gone, empty or no people', async () => {
    const absent = { user: async () => 'absent' as const, group: async () => 'absent' as const };
    expect(await trouble({ look: absent, ...roles(['S1', 'U2']) })).toEqual([
      ...['blocker doctor-role-absent', 'blocker doctor-role-absent', 'blocker doctor-role-absent'],
      'blocker doctor-approvers-few',
    ]);
    expect(await trouble(roles(['U2', 'UGONE', 'UBOT', 'SEMPTY']))).toEqual([
      'warning doctor-role-deactivated',
      'warning doctor-role-bot',
      'warning doctor-role-group-empty',
    ]);
  });

  it('counts the people who can approve, groups included, each once', async () => {
    expect(await trouble({ ...roles(['S1', 'U2']), approversNeeded: 2 })).toEqual([]);
    expect(await trouble({ ...roles(['S1', 'U2']), approversNeeded: 3 })).toEqual([
      'blocker doctor-approvers-few',
    ]);
  });

  it('does not count the only operator as the second person', async () => {
    expect(await trouble(roles(['U1']))).toEqual(['blocker doctor-approvers-few']);
    expect(await trouble({ ...roles(['U1']), twoPersons: false })).toEqual([]);
    expect(await trouble(roles(['U1'], ['U1', 'U2']))).toEqual([]);
  });

  it('does not count what it could not look up, and says so', async () => {
    const group = refuse('slack-call-refused', { method: 'x', error: 'missing_scope' });
    expect(await trouble({ look: { group }, ...roles(['S1']), approversNeeded: 5 })).toEqual([
      'unknown doctor-role-unread',
    ]);
    const many = Array.from({ length: 60 }, (_, index) => `U${index}`);
    expect(await trouble(roles(many))).toEqual(['unknown doctor-roles-many']);
  });
});
