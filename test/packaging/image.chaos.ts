/** No engine runs here: the Dockerfile's own commands in a plain folder, with what it copies. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type SlackStandIn, startSlackStandIn } from '../../src/lab/slack/stand-in.ts';
import { storeUrl } from '../store/server.ts';
import { execForm, type Instruction, only, readDockerfile } from './dockerfile.ts';

jest.setTimeout(300_000);

const root = join(import.meta.dirname, '../..');
/** Debian's `nobody`: a user without rights, where the test may become one. */
const NOBODY = 65_534;
/** The bot looks every 10 s. */
const LOOKS_MAX = 60;
const isRoot = process.getuid?.() === 0;

/** A folder that stands for the image's root, and the user that runs there. */
class Image {
  readonly folder: string;
  readonly file: readonly Instruction[];
  readonly env: Record<string, string> = {};
  #workdir = '/';
  #user = 'root';

  constructor(folder: string, file: readonly Instruction[]) {
    this.folder = folder;
    this.file = file;
  }

  /** Absolute paths of the image as they are here. */
  here(text: string): string {
    return text.replace(/(^|[\s=])\/(app|home\/node)(?=\/|\s|$)/g, `$1${this.folder}/$2`);
  }

  /** What building does. */
  async build(): Promise<void> {
    await mkdir(join(this.folder, 'home/node'), { recursive: true });
    await own(join(this.folder, 'home/node'));
    for (const { name, text } of this.file) {
      if (name === 'ENV') {
        const [key = '', value = ''] = text.split('=');
        this.env[key] = this.here(value);
      } else if (name === 'WORKDIR') {
        this.#workdir = text;
        await mkdir(join(this.folder, text), { recursive: true });
      } else if (name === 'COPY') await this.#copy(text.split(' '));
      else if (name === 'USER') this.#user = text;
      else if (name === 'RUN') expect(await ended(this.run(['sh', '-c', this.here(text)]))).toBe(0);
    }
  }

  async #copy(words: readonly string[]): Promise<void> {
    const to = words.at(-1) ?? '';
    for (const name of words.slice(0, -1)) {
      const target = join(this.folder, this.#workdir, to.endsWith('/') ? join(to, name) : to);
      await cp(join(root, name), target, { recursive: true });
    }
  }

  /** As the instruction's user, in its folder, with the image's environment and no other. */
  run([program = '', ...args]: readonly string[], env: Record<string, string> = {}): ChildProcess {
    // `node` is the one that runs this test, as the image's own would be; npm is the machine's.
    const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
    const who = isRoot && this.#user !== 'root' ? { uid: NOBODY, gid: NOBODY } : {};
    const home = this.#user === 'root' ? (process.env.HOME ?? '/') : `${this.folder}/home/node`;
    return spawn(program === 'node' ? process.execPath : program, args, {
      cwd: join(this.folder, this.#workdir),
      // npm takes from its cache what is there, as it would from an image's layer.
      env: { PATH: path, HOME: home, npm_config_prefer_offline: 'true', ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...who,
    });
  }

  /** The exit code of HEALTHCHECK's command. */
  async health(): Promise<number | null> {
    return await ended(this.run(execForm(only(this.file, 'HEALTHCHECK'))));
  }
}

/** To the user that `USER node` stands for. */
async function own(path: string): Promise<void> {
  if (isRoot) await ended(spawn('chown', [`${NOBODY}:${NOBODY}`, path]));
}

/** The exit code; what it printed is shown when that is not 0. */
async function ended(child: ChildProcess): Promise<number | null> {
  const said: string[] = [];
  child.stdout?.on('data', (chunk) => said.push(String(chunk)));
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) process.stderr.write(`${child.spawnargs.join(' ')}: ${code}\n${said.join('')}`);
  return code;
}

describe('the image of the bot', () => {
  let image: Image;
  let slack: SlackStandIn;
  let bot: ChildProcess | undefined;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ferry-image-'));
    await chmod(folder, 0o755);
    image = new Image(folder, readDockerfile(await readFile(join(root, 'Dockerfile'), 'utf8')));
    slack = await startSlackStandIn();
    await image.build();
  });
  afterAll(async () => {
    bot?.kill('SIGKILL');
    await slack?.stop();
    await rm(image.folder, { recursive: true, force: true });
  });

  const settings = (): Record<string, string> => ({
    STORE_URL: storeUrl(),
    SLACK_BOT_TOKEN: slack.addresses.botToken,
    SLACK_APP_TOKEN: slack.addresses.appToken,
    SLACK_API_URL: slack.addresses.apiUrl,
    SLACK_CHANNEL: 'C-MIGRATIONS',
    FERRY_OPERATORS: 'U-OPERATOR',
    FERRY_APPROVERS: 'U-APPROVER',
    LOG_LEVEL: 'warn',
  });

  it('holds no package that only tests need, and its user cannot change the code', async () => {
    const has = (name: string) => ended(image.run(['test', '-e', `node_modules/${name}`]));
    expect([await has('bullmq'), await has('jest'), await has('node')]).toEqual([0, 1, 1]);
    if (isRoot) expect(await ended(image.run(['sh', '-c', 'echo > src/cli.js']))).not.toBe(0);
  });

  it('is healthy from the moment that Slack and the store answer until it is stopped', async () => {
    expect(await image.health()).toBe(1);
    bot = image.run(execForm(only(image.file, 'CMD')), settings());
    bot.stderr?.pipe(process.stderr);
    const lines = createInterface({ input: bot.stdout ?? process.stdin });
    const [line] = (await once(lines, 'line')) as [string];
    expect(JSON.parse(line)).toMatchObject({ ready: 'bot' });
    let looks = 0;
    while ((await image.health()) !== 0 && looks < LOOKS_MAX) {
      looks += 1;
      await pause(1000);
    }
    expect(looks).toBeLessThan(LOOKS_MAX);
    const exited = once(bot, 'exit');
    bot.kill(only(image.file, 'STOPSIGNAL') as NodeJS.Signals);
    expect(await exited).toEqual([0, null]);
    expect(await image.health()).toBe(1);
  });

  it('keeps its key over a restart, in the volume', async () => {
    const file = join(image.env.FERRY_STATE ?? '', 'identity/identity.json');
    const before = await readFile(file, 'utf8');
    bot = image.run(execForm(only(image.file, 'CMD')), settings());
    const lines = createInterface({ input: bot.stdout ?? process.stdin });
    await once(lines, 'line');
    bot.kill('SIGTERM');
    await once(bot, 'exit');
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});
