/** The hosts that the pinned bot has enrolled: believed by its signature, wherever they are stored. */

import { z } from 'zod';
import type { Party } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import type { Records } from '../store/store.ts';
import { verifyEnrolment } from '../trust/enrolment.ts';
import { fingerprintOf } from '../trust/identity.ts';

/** Where the bot puts its own key; what makes it true is the fingerprint that a worker pins. */
export const BOT_KEY = 'bot';
const botSchema = z.object({ publicKey: z.base64().min(1).max(1000) });

export interface Pinned {
  readonly records: Pick<Records, 'get' | 'keys'>;
  readonly botFingerprint: string;
}

/** One record that was changed hides itself alone. Without the bot's key there is nobody. */
export async function enrolledHosts({ records, botFingerprint }: Pinned): Promise<Party[]> {
  const bot = botSchema.safeParse(await records.get(BOT_KEY)).data;
  if (!bot || fingerprintOf(bot.publicKey) !== botFingerprint) return [];
  const prefix = 'enrolments/';
  const hosts: Party[] = [];
  for (const key of await records.keys(prefix)) {
    const host = believed(await records.get(key), bot.publicKey);
    if (host?.name === key.slice(prefix.length)) hosts.push(host);
  }
  return hosts;
}

function believed(enrolment: unknown, botPublicKey: string): Party | undefined {
  try {
    const { name, publicKey } = verifyEnrolment(enrolment, botPublicKey);
    return { name, publicKey };
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
