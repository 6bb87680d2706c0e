/** rsync's daemon on loopback, that takes files in. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../src/lab/free-port.ts';
import { type Server, startServer } from './measured.ts';

export interface RsyncServer extends Server {
  /** Where files are sent. */
  readonly uri: string;
  /** The folder in which they arrive. */
  readonly into: string;
}

export async function startRsync(directory: string): Promise<RsyncServer> {
  const into = join(directory, 'rsync');
  await mkdir(into);
  const port = await freePort();
  const config = join(directory, 'rsyncd.conf');
  const lines = [
    'use chroot = no',
    'uid = 0',
    'gid = 0',
    '[b]',
    `path = ${into}`,
    'read only = no',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const at = ['--address=127.0.0.1', `--port=${port}`];
  const args = ['--daemon', '--no-detach', `--config=${config}`, ...at];
  const server = await startServer('rsync', args, port);
  return { ...server, uri: `rsync://127.0.0.1:${port}/b/`, into };
}
