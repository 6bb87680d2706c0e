/** Many VMs moved by one decision: off a host that is to be maintained, and back again. */

import type { Plan } from './plan.ts';
import type { ProblemRecord } from './problem.ts';

/** `drain` empties the host, `return` brings back what a drain moved. */
export type DrainMethod = 'drain' | 'return';

export interface DrainMove {
  /** A whole migration: whoever approves the drain approves this plan. */
  readonly plan: Plan;
  readonly planHash: string;
  /** Moves of a group begin when all those of lower groups are over. */
  readonly group: number;
}

export interface DrainPlan {
  readonly method: DrainMethod;
  /** The host that is emptied, or filled again. */
  readonly host: string;
  /** In the order in which they begin. */
  readonly moves: readonly DrainMove[];
  /** What is not moved, and why. */
  readonly stays: readonly {
    readonly vm: { readonly id: string; readonly name: string };
    readonly why: ProblemRecord;
  }[];
  /** So many VMs move at the same time. */
  readonly atOnce: number;
  /** After one that failed no further one begins. */
  readonly stopOnFailure?: true;
}

/** `cancelled` also where nobody approved it in time. */
export const DRAIN_OUTCOMES = ['drained', 'returned', 'cancelled'] as const;
export type DrainOutcome = (typeof DRAIN_OUTCOMES)[number];

export const isDrainOutcome = (outcome: string): outcome is DrainOutcome =>
  DRAIN_OUTCOMES.some((one) => one === outcome);

/** By its name alone it is told from operations that act on one VM. */
const DRAIN = /^d\d{1,15}$/;
export const isDrainName = (operation: string): boolean => DRAIN.test(operation);

/** The name of a drain, from a number that the store gave for an operation. */
export const drainName = (operation: string): string => `d${operation.slice(1)}`;

/** The claim that makes a host one drain's alone, until it is over. */
export const drainClaim = (host: string): string => `drain:${host}`;
