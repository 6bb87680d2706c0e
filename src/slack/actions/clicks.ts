/** What a button carries, so that a click works after any restart: everything is in its value. */

import { z } from 'zod';

export const ACTIONS = {
  approve: 'ferry.approve',
  cancel: 'ferry.cancel',
  retry: 'ferry.retry',
  rollback: 'ferry.rollback',
} as const;

export type ClickAction = keyof typeof ACTIONS;

export interface ClickValue {
  readonly operation: string;
  readonly planHash: string;
  /** The alert whose button it is. */
  readonly alert?: string | undefined;
}

const clickValue = z.object({
  operation: z.string().min(1).max(64),
  planHash: z.string().min(1).max(128),
  alert: z.string().max(200).optional(),
});

export const valueText = (value: ClickValue): string => JSON.stringify(value);

/** The action of a button of ours; `undefined` for any other. */
export const actionOf = (actionId: string): ClickAction | undefined =>
  (Object.keys(ACTIONS) as ClickAction[]).find((action) => ACTIONS[action] === actionId);

/** What came back from Slack, if it is what we put there. */
export function readValue(text: string | undefined): ClickValue | undefined {
  try {
    return clickValue.safeParse(JSON.parse(text ?? 'null')).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
