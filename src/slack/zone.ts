/** By whose clocks a person means a time: the zone that the person has set in Slack. */

import type { WebClient } from '@slack/web-api';
import { toProblemRecord } from '../domain/problem.ts';
import { isZone } from '../domain/zone.ts';
import type { Log } from './ports.ts';

export interface ZoneOptions {
  readonly client: Pick<WebClient, 'users'>;
  readonly log: Log;
}

/** Never rejects. Asked each time: people travel, and times are seldom typed. */
export const zoneIn =
  ({ client, log }: ZoneOptions) =>
  async (user: string): Promise<string | undefined> => {
    try {
      const { user: found } = await client.users.info({ user });
      const zone = found?.tz;
      return zone !== undefined && isZone(zone) ? zone : undefined;
    } catch (error) {
      const { code, facts } = toProblemRecord(error);
      log('slack-zone-unknown', { ...facts, code, user });
      return undefined;
    }
  };
