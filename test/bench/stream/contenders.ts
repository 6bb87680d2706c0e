/** What else carries a disk from one place to another. Each leaves its file flushed. */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { freePort } from '../../../src/lab/free-port.ts';
import { runScript, startServer, type Used } from './measured.ts';
import { startRsync } from './rsync.ts';

export interface Place {
  /** Empty, and this contender's own. */
  readonly directory: string;
  readonly vhdx: string;
  /** The same content, flat and sparse. */
  readonly raw: string;
  readonly virtualBytes: number;
}

export interface Result extends Used {
  /** What arrived: a disk or a raw file; undefined where it was thrown away. */
  readonly file?: string;
  readonly peakRssBytes?: number;
}

export interface Contender {
  readonly name: string;
  readonly needs: readonly string[];
  run(place: Place): Promise<Result>;
}

/** Whether all that it needs is on the PATH. */
export const isThere = ({ needs }: Pick<Contender, 'needs'>): boolean =>
  needs.every((tool) =>
    (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool))),
  );

const CONNECTIONS = 4;
const USER = 'bench';

export const OTHERS: readonly Contender[] = [
  {
    name: 'cp --sparse=always',
    needs: ['cp'],
    async run({ vhdx, directory }) {
      const file = join(directory, 'copy.vhdx');
      const script = `cp --sparse=always '${vhdx}' '${file}'; sync '${file}'`;
      return { ...(await runScript(script)), file };
    },
  },
  {
    name: 'TCP alone: nbdcopy raw to nothing',
    needs: ['nbdcopy', 'nbdkit'],
    async run({ raw }) {
      const port = await freePort();
      const args = serving('raw', { file: raw, port, readOnly: true });
      await using source = await startServer('nbdkit', args, port);
      const used = await runScript(`nbdcopy -C ${CONNECTIONS} nbd://127.0.0.1:${port} null:`);
      return { seconds: used.seconds, cpuSeconds: used.cpuSeconds + source.cpuSeconds() };
    },
  },
  nbdcopy('nbdcopy raw to raw', { format: 'raw', tls: false }),
  nbdcopy('nbdcopy VHDX to VHDX', { format: 'vhdx', tls: false }),
  nbdcopy('nbdcopy raw to raw, TLS', { format: 'raw', tls: true }),
  nbdcopy('nbdcopy VHDX to VHDX, TLS', { format: 'vhdx', tls: true }),
  {
    name: 'qemu-img convert over NBD',
    needs: ['qemu-img', 'qemu-nbd'],
    async run(place) {
      const file = await newVhdx(place);
      const port = await freePort();
      await using target = await startServer('qemu-nbd', serving('vhdx', { file, port }), port);
      const script = `qemu-img convert -n -f vhdx '${place.vhdx}' -O raw nbd://127.0.0.1:${port}; sync '${file}'`;
      const used = await runScript(script);
      return { seconds: used.seconds, cpuSeconds: used.cpuSeconds + target.cpuSeconds(), file };
    },
  },
  {
    name: 'rsync --whole-file',
    needs: ['rsync'],
    async run({ vhdx, directory }) {
      await using server = await startRsync(directory);
      const file = join(server.into, 'source.vhdx');
      const script = `rsync --whole-file '${vhdx}' ${server.uri}; sync '${file}'`;
      return { ...(await runScript(script)), file };
    },
  },
];

/** QEMU's VHDX driver reports no extents, so raw by nbdkit is the honest anchor. */
function nbdcopy(
  name: string,
  { format, tls }: { readonly format: 'raw' | 'vhdx'; readonly tls: boolean },
): Contender {
  const server = format === 'raw' ? 'nbdkit' : 'qemu-nbd';
  return {
    name,
    needs: ['nbdcopy', server, ...(format === 'vhdx' ? ['qemu-img'] : [])],
    async run(place) {
      const file = await (format === 'raw' ? newRaw : newVhdx)(place);
      const keys = join(place.directory, 'keys.psk');
      await writeFile(keys, `${USER}:${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
      const [from, to] = [await freePort(), await freePort()];
      const secret = tls ? { keys: place.directory } : {};
      const source = {
        file: format === 'raw' ? place.raw : place.vhdx,
        port: from,
        readOnly: true,
      };
      await using a = await startServer(server, serving(format, { ...source, ...secret }), from);
      await using b = await startServer(server, serving(format, { file, port: to, ...secret }), to);
      const uri = (port: number): string =>
        tls ? `nbds://${USER}@127.0.0.1:${port}/?tls-psk-file=${keys}` : `nbd://127.0.0.1:${port}`;
      const script = `nbdcopy --flush -C ${CONNECTIONS} '${uri(from)}' '${uri(to)}'; sync '${file}'`;
      const used = await runScript(script);
      const cpuSeconds = used.cpuSeconds + a.cpuSeconds() + b.cpuSeconds();
      return { seconds: used.seconds, cpuSeconds, file };
    },
  };
}

interface Served {
  readonly file: string;
  readonly port: number;
  readonly readOnly?: boolean;
  /** The folder with `keys.psk`. */
  readonly keys?: string;
}

function serving(format: 'raw' | 'vhdx', { file, port, readOnly, keys }: Served): string[] {
  const at = ['-p', `${port}`];
  if (format === 'raw') {
    const tls = keys === undefined ? [] : ['--tls=require', `--tls-psk=${join(keys, 'keys.psk')}`];
    return ['-f', '-i', '127.0.0.1', ...at, ...tls, ...(readOnly ? ['-r'] : []), 'file', file];
  }
  const credentials = ['--object', `tls-creds-psk,id=tls0,endpoint=server,dir=${keys}`];
  const tls = keys === undefined ? [] : [...credentials, '--tls-creds', 'tls0'];
  const shared = ['-e', `${CONNECTIONS}`, '-t', '-f', 'vhdx', '-b', '127.0.0.1'];
  return [...shared, ...at, ...tls, ...(readOnly ? ['-r'] : []), file];
}

async function newRaw({ directory, virtualBytes }: Place): Promise<string> {
  const file = join(directory, 'copy.raw');
  await runScript(`truncate -s ${virtualBytes} '${file}'`);
  return file;
}

async function newVhdx({ directory, virtualBytes }: Place): Promise<string> {
  const file = join(directory, 'copy.vhdx');
  const options = 'subformat=dynamic,block_size=33554432';
  await runScript(`qemu-img create -q -f vhdx -o ${options} '${file}' ${virtualBytes}`);
  return file;
}
