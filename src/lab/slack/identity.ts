/** The stand-in's port and tokens: made once, kept in its directory, the same after a restart. */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import { APP } from './workspace.ts';

/** Only the owner reads it: whoever has the tokens acts as the bot, or as anybody in the lab. */
const MODE = 0o600;

const identitySchema = z.object({
  /** 0: not chosen yet. */
  port: z.number().int().min(0).max(65_535),
  botToken: z.string().startsWith('xoxb-'),
  appToken: z.string().startsWith('xapp-'),
  controlToken: z.string().min(32),
});

export type Identity = Readonly<z.infer<typeof identitySchema>>;

/** The kept identity, or a new one. @throws Problem `slack-identity-damaged` */
export function readIdentity(directory: string | undefined): Identity {
  if (directory === undefined) return newIdentity();
  mkdirSync(directory, { recursive: true });
  const path = pathIn(directory);
  if (!existsSync(path)) return newIdentity();
  try {
    return identitySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new Problem('slack-identity-damaged', { path }, { cause });
  }
}

export function keepIdentity(directory: string, identity: Identity): void {
  const path = pathIn(directory);
  writeFileSync(`${path}.new`, `${JSON.stringify(identity)}\n`, { mode: MODE });
  renameSync(`${path}.new`, path);
}

const pathIn = (directory: string): string => join(directory, 'slack.json');

function newIdentity(): Identity {
  const secret = () => randomBytes(24).toString('hex');
  return {
    port: 0,
    botToken: `xoxb-lab-${secret()}`,
    appToken: `xapp-1-${APP.id}-${secret()}`,
    controlToken: secret(),
  };
}
