/** What a button carries, so that a click works after any restart: everything is in its value. */

import { z } from 'zod';

export const ACTIONS = {
  approve: 'ferry.approve',
  cancel: 'ferry.cancel',
  pause: 'ferry.pause',
  resume: 'ferry.resume',
  retry: 'ferry.retry',
  rollback: 'ferry.rollback',
  acknowledge: 'ferry.acknowledge',
} as const;

/** Asks for words alone: nobody decides anything with it. */
export const SHOW_FINDINGS = 'ferry.findings';

/** Sends the audit as a file: all, or what concerns one VM. */
export const EXPORT_AUDIT = 'ferry.export';

/** Takes the enrolment of one host back. */
export const UNENROLL = 'ferry.unenroll';

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

const exportValue = z.object({ vm: z.string().min(1).max(400).optional() });

export const exportText = (vm: string | undefined): string =>
  JSON.stringify(vm === undefined ? {} : { vm });

/** Which VM's audit is asked for; without a VM all of it. `undefined` when it is not our button. */
export const readExport = (text: string | undefined): { vm?: string | undefined } | undefined =>
  exportValue.safeParse(parsed(text)).data;

const unenrollValue = z.object({ host: z.string().min(1).max(400) });

export const unenrollText = (host: string): string => JSON.stringify({ host });

/** Which host; `undefined` when it is not our button. */
export const readUnenroll = (text: string | undefined): string | undefined =>
  unenrollValue.safeParse(parsed(text)).data?.host;

/** What came back from Slack, if it is what we put there. */
export function readValue(text: string | undefined): ClickValue | undefined {
  return clickValue.safeParse(parsed(text)).data;
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
