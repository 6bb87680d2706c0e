/** Environments of a bot and a worker for their commands, in a folder of the suite's own. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { storeUrl } from '../store/server.ts';

export const directory = await mkdtemp(join(tmpdir(), 'ferry-cli-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

export const botEnv = {
  STORE_URL: storeUrl(),
  FERRY_STATE: join(directory, 'bot'),
  SLACK_BOT_TOKEN: 'xoxb-secret',
  SLACK_APP_TOKEN: 'xapp-secret',
  SLACK_CHANNEL: 'C0123456789',
  // Nobody listens there.
  SLACK_API_URL: 'http://127.0.0.1:1/api/',
  FERRY_OPERATORS: 'U1',
  FERRY_APPROVERS: 'U2',
};

/** Of a host that its lab does not have. */
export const workerEnv = {
  STORE_URL: storeUrl(),
  FERRY_STATE: join(directory, 'hv-z'),
  FERRY_HOST: 'hv-z',
  FERRY_LISTEN: '127.0.0.1:0',
  FERRY_BOT: 'f'.repeat(64),
  FERRY_LAB: directory,
};
