/** A plan that relies on what no real host has shown: whose approval counts, and who is told what. */

import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/domain/plan.ts';
import { ACTIONS, valueText } from '../../src/slack/actions/clicks.ts';
import { answerClick } from '../../src/slack/actions/run-click.ts';
import { authorityOf } from '../../src/slack/authority.ts';
import { answerTo } from '../../src/slack/commands/run-command.ts';
import { groupsOf } from '../../src/slack/groups.ts';
import type { Roles } from '../../src/slack/ports.ts';
import { sayingWhoMay } from '../../src/slack/reminders.ts';
import { askingMessage } from '../../src/slack/views/approval-message.ts';
import { english } from '../../src/texts/words.ts';
import { edgeOf, type FakeEdge } from './edge.ts';
import { viewOf } from './fake-operations.ts';

const HERE = 'C-MIGRATIONS';
const ROLES: Roles = {
  operators: ['U-OP', 'U-ADMIN'],
  approvers: ['U-APP', 'U-APP-2', 'S-ADMINS'],
  administrators: ['S-ADMINS'],
  viewers: [],
};
const groups = groupsOf(async () => ['U-ADMIN']);
const { plan, planHash } = viewOf();
const unproven: Plan = { ...plan, acknowledged: ['dedicated-network', 'unproven'] };

let edge: FakeEdge;
const staged = (roles = ROLES) => ({ ...edgeOf(), authority: authorityOf(roles, { groups }) });
beforeEach(() => {
  edge = staged();
});

async function asking({ needed = 1, twoPersons = false, of = unproven } = {}): Promise<void> {
  await edge.operations.propose({ vm: 'dc02', target: 'hv-b', user: 'U-OP', channel: HERE });
  const approvals = { users: [], needed, twoPersons };
  edge.operations.change('m1', { state: { kind: 'asking', step: 'catchUp' }, approvals, plan: of });
}

const click = async (user: string): Promise<string> => {
  const value = valueText({ operation: 'm1', planHash });
  const clicked = { actionId: ACTIONS.approve, value, user, channel: HERE };
  return (await answerClick(clicked, edge))?.text ?? '';
};
const approved = async () => (await edge.operations.view('m1'))?.approvals.users;

describe('a plan that no real host has shown', () => {
  it('is not approved by an approver alone, who is told why and who may', async () => {
    await asking();
    const answer = await click('U-APP');
    expect(answer).toContain('no real host has shown yet');
    expect(answer).toContain('<!subteam^S-ADMINS>');
    expect(answer).not.toContain('U-APP-2');
    expect(await approved()).toEqual([]);
    expect(edge.audited.at(-1)).toMatchObject({ problem: { code: 'administrator-needed' } });
  });

  it('is approved by an administrator', async () => {
    await asking();
    expect(await click('U-ADMIN')).toBe('');
    expect(await approved()).toEqual(['U-ADMIN']);
  });

  it('needs one among those who approve, whenever that one comes', async () => {
    await asking({ needed: 2 });
    await click('U-APP');
    expect(await click('U-APP-2')).toContain('administrator');
    expect(await approved()).toEqual(['U-APP']);
    await click('U-ADMIN');
    expect(await approved()).toEqual(['U-APP', 'U-ADMIN']);
    edge = staged();
    await asking({ needed: 2 });
    await click('U-ADMIN');
    await click('U-APP');
    expect(await approved()).toEqual(['U-ADMIN', 'U-APP']);
  });

  it('names the administrators in its thread once only they can complete it', async () => {
    const whoMay = async () => {
      const saying = sayingWhoMay(edge.operations, edge.authority);
      return (await saying.view('m1'))?.approvals.whoMay;
    };
    await asking({ needed: 2 });
    expect(await whoMay()).toEqual(ROLES.approvers);
    await click('U-APP');
    expect(await whoMay()).toEqual(['S-ADMINS']);
    edge = staged();
    await asking({ needed: 2 });
    await click('U-ADMIN');
    expect(await whoMay()).toEqual(ROLES.approvers);
    const view = await edge.operations.view('m1');
    if (!view) throw new Error('It was opened');
    expect(askingMessage(view, english).text).toContain('must be an administrator');
  });

  it('is told to whoever asks where no administrator may approve it', async () => {
    const ask = async (user: string, roles?: Roles) => {
      edge = staged(roles);
      const { view } = edge.operations;
      edge.operations.view = async (operation) => {
        const seen = await view(operation);
        const approvals = { users: [], needed: 1, twoPersons: true };
        return seen && { ...seen, plan: unproven, approvals };
      };
      return (await answerTo('dc02 to hv-b', { user, channel: HERE }, edge)).text;
    };
    const { administrators: _, ...without } = ROLES;
    expect(await ask('U-OP', without)).toContain('FERRY_ADMINISTRATORS');
    // Two persons: the one who asked does not count.
    expect(await ask('U-ADMIN')).toContain('FERRY_ADMINISTRATORS');
    expect(await ask('U-OP')).not.toContain('FERRY_ADMINISTRATORS');
  });
});

describe('any other plan', () => {
  it('needs no administrator', async () => {
    await asking({ of: plan });
    expect(await click('U-APP')).toBe('');
    expect(await approved()).toEqual(['U-APP']);
    const view = await edge.operations.view('m1');
    if (!view) throw new Error('It was opened');
    expect(
      askingMessage({ ...view, state: { kind: 'asking', step: '' } }, english).text,
    ).not.toContain('administrator');
  });
});
