/** Preflight and plan alone: what would happen, without opening anything. */

import { bySeverity } from '../domain/finding.ts';
import type { Preview, Wish } from '../slack/ports.ts';
import { type Preparing, prepare } from './prepare.ts';

/** @throws {Problem} as `prepare` does: there is nothing to check without both hosts and the VM */
export async function preview(from: Preparing, wish: Wish): Promise<Preview> {
  const { findings, claimed, plan, estimate } = await prepare(from, wish);
  if (!claimed) return { findings, ...(plan ? { plan } : {}), ...(estimate ? { estimate } : {}) };
  const claim = { check: 'claim', severity: 'blocker', ...claimed } as const;
  return { findings: bySeverity([claim, ...findings]) };
}
