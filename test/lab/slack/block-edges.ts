/** Blocks that Slack just takes and just refuses, sent to a stand-in that is started once. */

import { afterAll, beforeAll, expect } from '@jest/globals';
import { plain, type RuleSlack, startRuleSlack } from './rule-slack.ts';

interface Edge {
  readonly taken: object;
  readonly refused: object;
  /** Part of what Slack says. */
  readonly says: string;
}

/** Registers the hooks of the test file. */
export function useBlockEdges() {
  let slack: RuleSlack | undefined;
  const post = async (message: object) => {
    if (!slack) throw new Error('It is there while a test runs');
    return slack.post(message);
  };

  beforeAll(async () => {
    slack = await startRuleSlack();
  });

  afterAll(async () => slack?.stop());

  const refuses = async (blocks: readonly object[], says: string): Promise<void> => {
    const reply = await post({ text: 'x', blocks });
    expect(reply).toMatchObject({ ok: false, error: 'invalid_blocks', status: 200 });
    expect(JSON.stringify(reply.response_metadata)).toContain(says);
  };

  /** Posts each as the only block. */
  const edge = async ({ taken, refused, says }: Edge): Promise<void> => {
    expect(await post({ blocks: [taken] })).toMatchObject({ ok: true });
    await refuses([refused], says);
  };

  return { post, refuses, edge };
}

export const actions = (...elements: object[]) => ({ type: 'actions', elements });

export const button = (more: object) => ({
  type: 'button',
  text: plain('Go'),
  action_id: 'go',
  ...more,
});
