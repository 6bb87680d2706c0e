import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { type AuthorityOptions, authorityOf } from '../../src/slack/authority.ts';
import { groupsOf } from '../../src/slack/groups.ts';
import { deniedAnswer } from '../../src/slack/views/denied-answer.ts';
import { english, LANGUAGES, wordsIn } from '../../src/texts/words.ts';

const ROLES = { operators: ['U-OP', 'S-OPS'], approvers: ['S-APP'], viewers: ['U-LOOK'] };
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'S-OPS': ['U-OP2'],
  'S-APP': ['U-APP', 'U-OP'],
};
const readable = groupsOf(async (group) => GROUPS[group] ?? []);
const closed = groupsOf(async (group) => {
  if (group !== 'S-APP') return GROUPS[group] ?? [];
  throw new Problem('slack-call-refused', { method: 'm', error: 'missing_scope' });
});
const CHANNELS = [
  { channel: 'C-A', hosts: ['hv-a', 'HV-B'] },
  { channel: 'C-ALL', hosts: 'all' as const },
];
const from = (user: string, channel = 'C1') => ({ user, channel });
const made = (options: AuthorityOptions = {}) =>
  authorityOf(ROLES, { groups: readable, home: 'C-HOME', ...options });

describe('a role', () => {
  it.each([
    ['U-OP', 'operator', true],
    ['U-OP2', 'operator', true],
    ['U-APP', 'operator', false],
    ['U-LOOK', 'operator', false],
    ['U-APP', 'approver', true],
    ['U-OP', 'approver', true],
    ['U-OP2', 'approver', false],
    ['U-OP2', 'operator or approver', true],
    ['U-LOOK', 'operator or approver', false],
    ['U-LOOK', 'viewer', true],
    ['U-APP', 'viewer', true],
    ['U-STRANGER', 'viewer', false],
    ['U-STRANGER', 'anyone', true],
  ] as const)('of %s as %s: %p', async (user, audience, may) => {
    expect((await made().denied(from(user), audience)) === undefined).toBe(may);
  });

  it('that is missing is named with the variable that gives it', async () => {
    for (const [audience, variable] of [
      ['operator', /FERRY_OPERATORS/],
      ['approver', /FERRY_APPROVERS/],
      ['operator or approver', /FERRY_OPERATORS.*FERRY_APPROVERS/],
      ['viewer', /FERRY_VIEWERS/],
    ] as const) {
      const denied = await made().denied(from('U-STRANGER'), audience);
      for (const language of LANGUAGES) {
        const { remedy } = wordsIn(language).textOf(denied?.problem ?? { code: '', facts: {} });
        expect(remedy).toMatch(variable);
      }
    }
    const denied = await made().denied(from('U-STRANGER'), 'viewer');
    expect(denied?.problem.code).toBe('not-a-viewer');
  });

  it('is not had through a group that cannot be read, and the answer says why', async () => {
    const authority = made({ groups: closed });
    const denied = await authority.denied(from('U-APP'), 'approver');
    if (!denied) throw new Error('Not denied');
    const { text, onlyForAsker } = deniedAnswer(denied, english);
    expect(text).toContain('<!subteam^S-APP>');
    expect(text).toContain('missing_scope');
    expect(text).toContain('usergroups:read');
    expect(onlyForAsker).toBe(true);
    // Other roles do not depend on that group.
    expect(await authority.denied(from('U-OP2'), 'operator')).toBeUndefined();
  });

  it('of a named person needs no call to Slack', async () => {
    const dead = groupsOf(() => new Promise(() => undefined));
    expect(await made({ groups: dead }).denied(from('U-OP'), 'operator')).toBeUndefined();
  });

  it('counts for an approval without the person who asked', async () => {
    const people = async (requestedBy: string, twoPersons: boolean) =>
      (await made().approversFor({ requestedBy, twoPersons })).users;
    expect(await people('U-OP', true)).toEqual(['U-APP']);
    expect(await people('U-OP', false)).toEqual(['U-APP', 'U-OP']);
    expect(await people('U-OP2', true)).toEqual(['U-APP', 'U-OP']);
  });
});

describe('a channel', () => {
  it.each([
    ['C-A', ['hv-a', 'hv-b'], true],
    ['C-A', ['hv-a', 'hv-c'], false],
    ['C-ALL', ['hv-a', 'hv-c'], true],
    ['C-OTHER', ['hv-a'], false],
    ['D-DIRECT', ['hv-a'], false],
  ])('%s may touch %j: %p', (channel, hosts, may) => {
    expect(made({ channels: CHANNELS }).deniedHere({ channel }, hosts) === undefined).toBe(may);
  });

  it('that may not is told which hosts, and where to ask', () => {
    const denied = made({ channels: CHANNELS }).deniedHere({ channel: 'C-A' }, ['hv-a', 'hv-c']);
    if (!denied) throw new Error('Not denied');
    const { text } = deniedAnswer(denied, english);
    expect(text).toContain('Not among the hosts of this channel: hv-c.');
    expect(text).toContain('Ask in: <#C-ALL>');
  });

  it('may touch every host where none is configured', () => {
    expect(made().deniedHere({ channel: 'C9' }, ['hv-z'])).toBeUndefined();
    expect(made().hostsOf('C9')).toBe('all');
  });

  it('has the messages of what is asked there, if it is configured or the bot can write', async () => {
    const scoped = made({ channels: CHANNELS });
    expect(await scoped.channelFor(from('U', 'C-A'))).toBe('C-A');
    expect(await scoped.channelFor(from('U', 'C-OTHER'))).toBe('C-HOME');
    const asked: string[] = [];
    const canPost = async (channel: string) => {
      asked.push(channel);
      return channel === 'C-IN';
    };
    const open = made({ canPost });
    expect(await open.channelFor(from('U', 'C-IN'))).toBe('C-IN');
    expect(await open.channelFor(from('U', 'C-OUT'))).toBe('C-HOME');
    expect(await open.channelFor(from('U', 'C-HOME'))).toBe('C-HOME');
    expect(asked).toEqual(['C-IN', 'C-OUT']);
  });
});
