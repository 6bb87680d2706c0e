/** What the network between two hosts really carries: measured by their workers, kept for minutes. */

import { z } from 'zod';
import type { Finding } from '../domain/finding.ts';
import { Problem, type ProblemRecord } from '../domain/problem.ts';
import { findingsOf } from '../preflight/check.ts';
import type { SharedNetwork } from '../preflight/network.ts';
import { BITS_PER_SECOND_ASSUMED } from '../preflight/plan.ts';
import type { Estimate } from '../slack/operation-view.ts';
import type { JournalStore, Records } from '../store/store.ts';

/** A person who tries several wishes waits for one measurement, not for five. */
const FRESH_SECONDS = 10 * 60;
/** A card that came up with a tenth of its speed is under this part of it. */
const FAR_UNDER = 1 / 8;
/** Half of what disks usually do is waited for; whatever the cards promise beyond it is not. */
const SLOW_BITS_PER_SECOND = BITS_PER_SECOND_ASSUMED / 2;

/** Bytes a second from one host to the other. @throws {Problem} why it could not be measured */
export type Measure = (link: {
  readonly source: string;
  readonly target: string;
}) => Promise<number>;

export type LinkRate = { readonly bytesPerSecond: number } | { readonly problem: ProblemRecord };

export interface Measuring {
  readonly store: Pick<JournalStore, 'now'>;
  readonly records: Pick<Records, 'get' | 'put'>;
  readonly measure: Measure;
}

const recordSchema = z.object({ bytesPerSecond: z.number().positive(), at: z.number() });

/** The last measurement while it is fresh, else a new one. A link that cannot be measured says why. */
export async function measuredLink(
  { store, records, measure }: Measuring,
  { source, target }: { readonly source: string; readonly target: string },
): Promise<LinkRate> {
  const key = `link/${source}/${target}`;
  const now = await store.now();
  const kept = recordSchema.safeParse(await records.get(key)).data;
  if (kept && now - kept.at < FRESH_SECONDS * 1000) return { bytesPerSecond: kept.bytesPerSecond };
  try {
    const bytesPerSecond = await measure({ source, target });
    await records.put(key, { bytesPerSecond, at: now });
    return { bytesPerSecond };
  } catch (error) {
    // Without a figure people still may move the VM; the message says what is missing.
    if (!(error instanceof Problem)) throw error;
    return { problem: { code: error.code, facts: error.facts } };
  }
}

const say = findingsOf('measured-link');

/** B13: a cable or a card that works at a tenth of its speed is seen in no setting. */
export function linkFinding(
  { subnet, bitsPerSecond }: SharedNetwork,
  { measuredBytesPerSecond }: Pick<Estimate, 'measuredBytesPerSecond'>,
): Finding[] {
  if (measuredBytesPerSecond === undefined) return [];
  const measured = measuredBytesPerSecond * 8;
  const facts = { subnet, bitsPerSecond, measuredBitsPerSecond: Math.round(measured) };
  const isSlow = measured < bitsPerSecond * FAR_UNDER && measured < SLOW_BITS_PER_SECOND;
  return [isSlow ? say.warning(facts, 'measured-link-slow') : say.ok(facts)];
}
