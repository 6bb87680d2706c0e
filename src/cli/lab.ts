/** `ferry lab`: a whole Ferry on one machine, with simulated hosts and real disks. */

import { once } from 'node:events';
import { Command, Option } from 'commander';
import { FAULTS, faultNamed } from '../lab/faults.ts';
import { print, reporting } from './reporting.ts';

const DEFAULT_DIRECTORY = '.lab';

interface Options {
  readonly dir: string;
  readonly say?: string;
  readonly approve?: boolean;
  readonly exit?: boolean;
  readonly fault?: string;
  readonly store?: string;
}

export const labCommand = (): Command =>
  new Command('lab')
    .description('run store, Slack stand-in, bot and two simulated hosts on this machine')
    .option('--dir <dir>', 'where the lab lives; a second start goes on with it', DEFAULT_DIRECTORY)
    .option('--say <command>', 'type this as an operator, for example "/migrate dc02 to hv-b"')
    .option('--approve', 'click Approve as an approver when asked')
    .option('--exit', 'end when it is over; the exit code says whether it ended well')
    .option('--store <url>', 'use this Redis or PostgreSQL instead of the embedded store')
    .addOption(
      new Option(
        '--fault <name>',
        'break something on the way; exit 0 = it ended as documented',
      ).choices(FAULTS.map(({ name }) => name)),
    )
    .action((options: Options) =>
      reporting(async () => {
        const leaving = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
        const fault = options.fault ? faultNamed(options.fault) : undefined;
        const { say, store } = options;
        const { runLab } = await import('../lab/run.ts');
        const code = await runLab({
          directory: options.dir,
          ...((say ?? fault) ? { say: say ?? '/migrate dc02 to hv-b' } : {}),
          approve: options.approve ?? fault !== undefined,
          exit: options.exit ?? fault !== undefined,
          ...(fault ? { fault } : {}),
          ...((store ?? process.env.STORE_URL) ? { storeUrl: store ?? process.env.STORE_URL } : {}),
          leaving: leaving.then(() => undefined),
          print,
        });
        process.exitCode = code;
      }, 1),
    );
