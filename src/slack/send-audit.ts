/** The audit as a file in the channel: what concerns its hosts, for all who are in it. */

import type { WebClient } from '@slack/web-api';
import { Problem } from '../domain/problem.ts';
import { messageOf, refusalIn, saysNotInChannel } from './api.ts';
import type { Asker, Authority } from './authority.ts';
import type { AuditLines, AuditWish } from './ports.ts';

/** The newest lines; the command line exports all. */
const BYTES_MAX = 4 * 2 ** 20;

export interface Sent {
  readonly lines: number;
  /** Older lines did not fit. */
  readonly isCut: boolean;
}

/** @throws Problem `slack-channel-refused`, `slack-call-refused`, `slack-call-failed` */
export async function sendAudit(
  asker: Asker,
  vm: string | undefined,
  {
    client,
    authority,
    auditLines,
  }: { client: WebClient; authority: Authority; auditLines: AuditLines },
): Promise<Sent> {
  const { channel } = asker;
  const hosts = authority.hostsOf(channel);
  const wish: AuditWish = {
    ...(vm === undefined ? {} : { vm }),
    ...(hosts === 'all' ? {} : { from: { channel, hosts } }),
  };
  const { lines, isCut } = await newest(auditLines(wish));
  if (lines.length === 0) return { lines: 0, isCut };
  const file = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  // A VM's name is anything; a file's name is not.
  const filename = `audit${vm === undefined ? '' : `-${vm.replace(/[^\w.-]/g, '_').slice(0, 60)}`}.jsonl`;
  try {
    await client.filesUploadV2({ channel_id: channel, filename, title: filename, file });
  } catch (error) {
    throw problemOf(channel, error);
  }
  return { lines: lines.length, isCut };
}

async function newest(all: AsyncIterable<string>): Promise<{ lines: string[]; isCut: boolean }> {
  let lines: string[] = [];
  let bytes = 0;
  let isCut = false;
  for await (const line of all) {
    lines.push(line);
    bytes += Buffer.byteLength(line) + 1;
    // Half at once, so that a long audit is not copied for every line.
    if (bytes <= BYTES_MAX) continue;
    isCut = true;
    lines = lines.slice(Math.ceil(lines.length / 2));
    bytes = lines.reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0);
  }
  return { lines, isCut };
}

function problemOf(channel: string, cause: unknown): Problem {
  const method = 'files.getUploadURLExternal';
  const refused = refusalIn(cause);
  if (refused === undefined) {
    return new Problem('slack-call-failed', { method, error: messageOf(cause) }, { cause });
  }
  if (saysNotInChannel(refused)) {
    return new Problem('slack-channel-refused', { channel, error: refused }, { cause });
  }
  return new Problem('slack-call-refused', { method, error: refused }, { cause });
}
