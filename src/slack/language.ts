/** The words for one person: in the language that Slack shows them, else in the channel's. */

import type { WebClient } from '@slack/web-api';
import { toProblemRecord } from '../domain/problem.ts';
import { type Language, languageOf, type Words, wordsIn } from '../texts/words.ts';
import type { Log } from './ports.ts';

const KEPT_MS = 3_600_000;
/** What failed is asked again sooner. */
const FAILED_KEPT_MS = 60_000;
const PEOPLE_MAX = 1000;
/** Nobody waits longer for an answer only because its language is not known. */
const PATIENCE_MS = 2_000;

export interface LanguageOptions {
  readonly client: Pick<WebClient, 'users'>;
  /** Of channels, and of people whose language is not spoken here; English without it. */
  readonly language?: Language | undefined;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Never rejects: a person whose language cannot be read is answered in the channel's. */
export function wordsForIn(options: LanguageOptions): (user?: string) => Promise<Words> {
  const { client, language = 'en', log, now = Date.now } = options;
  const channel = wordsIn(language);
  const people = new Map<string, { until: number; words: Promise<Words> }>();
  const ask = async (user: string): Promise<Words> => {
    const { user: found } = await client.users.info({ user, include_locale: true });
    return wordsIn(languageOf(found?.locale) ?? channel.language);
  };
  const keep = (user: string): Promise<Words> => {
    const words = ask(user).catch((error: unknown) => {
      const { code, facts } = toProblemRecord(error);
      log('slack-language-unknown', { ...facts, code, user });
      people.set(user, { until: now() + FAILED_KEPT_MS, words });
      return channel;
    });
    people.delete(user);
    people.set(user, { until: now() + KEPT_MS, words });
    const [oldest] = people.keys();
    if (people.size > PEOPLE_MAX && oldest !== undefined) people.delete(oldest);
    return words;
  };
  return async (user) => {
    if (user === undefined) return channel;
    const known = people.get(user);
    return await orElse(known && now() < known.until ? known.words : keep(user), channel);
  };
}

async function orElse(words: Promise<Words>, otherwise: Words): Promise<Words> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<Words>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), PATIENCE_MS);
  });
  const first = await Promise.race([words, patience]);
  clearTimeout(timer);
  return first;
}
