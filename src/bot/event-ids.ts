/** The ids of alerts in the system log. They never change: people's monitoring knows them. */

import type { Alert } from '../domain/alert.ts';

/** By what happened; `docs/alerts.md` has the same table. Windows allows 1 to 1000. */
const BY_CODE: Readonly<Record<string, number>> = {
  'off-longer-than-planned': 201,
  'takes-longer-than-planned': 202,
  'host-does-not-act': 203,
  'volumes-unwatched': 204,
  'journal-behind': 301,
  'journal-diverged': 302,
};

/** By where the VM is, for a step that failed. */
const BY_HOME: Readonly<Record<Alert['home'], number>> = {
  source: 101,
  target: 102,
  nowhere: 103,
  unknown: 104,
};

/** A worker that stopped acting, for any other reason. */
const HALT = 303;

export function eventIdOf({ key, cause, home }: Pick<Alert, 'key' | 'cause' | 'home'>): number {
  return BY_CODE[cause.code] ?? (key.startsWith('halt-') ? HALT : BY_HOME[home]);
}

export const eventIds = (): number[] => [
  ...Object.values(BY_HOME),
  ...Object.values(BY_CODE),
  HALT,
];
