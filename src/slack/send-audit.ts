/** The audit as a file in the channel: what concerns its hosts, for all who are in it. */

import type { Asker, Authority } from './authority.ts';
import type { AuditLines, AuditWish } from './ports.ts';
import type { Posts } from './posts.ts';

/** The newest lines; the command line exports all. */
const BYTES_MAX = 4 * 2 ** 20;

export interface Sent {
  readonly lines: number;
  /** Older lines did not fit. */
  readonly isCut: boolean;
}

/** @throws Problem as `Posts.upload` does */
export async function sendAudit(
  asker: Asker,
  vm: string | undefined,
  {
    posts,
    authority,
    auditLines,
  }: { posts: Pick<Posts, 'upload'>; authority: Authority; auditLines: AuditLines },
): Promise<Sent> {
  const { channel } = asker;
  const hosts = authority.hostsOf(channel);
  const wish: AuditWish = {
    ...(vm === undefined ? {} : { vm }),
    ...(hosts === 'all' ? {} : { from: { channel, hosts } }),
  };
  const { lines, isCut } = await newest(auditLines(wish));
  if (lines.length === 0) return { lines: 0, isCut };
  const text = lines.map((line) => `${line}\n`).join('');
  // A VM's name is anything; a file's name is not.
  const name = `audit${vm === undefined ? '' : `-${vm.replace(/[^\w.-]/g, '_').slice(0, 60)}`}.jsonl`;
  await posts.upload({ channel }, { name, title: name, text });
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
