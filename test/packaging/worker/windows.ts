/** As much of a Windows host as `install-worker.ps1` touches, with real files and real processes. */

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { MODULE_PATH } from '../../hyperv-module/data.ts';
import { type Asked, openFakeSimulator, type Told } from '../../hyperv-module/fake-simulator.ts';
import { makePackage, type PackageOptions } from './package-fixture.ts';
import { Scheduler } from './scheduler.ts';

export const BOT = 'a'.repeat(64);
export const MANAGED = "-Account 'CORP\\ferry$'";
const SETTINGS = `# a host
STORE_URL='redis://:p#ss@10.0.9.1:6379'
FERRY_HOST=hv-a
FERRY_LISTEN=10.0.9.11:7420  # the migration network
FERRY_BOT=${BOT}
`;

const run = promisify(execFile);
const OWN_RIGHTS = '*S-1-5-32-544,*S-1-5-32-551';
/** Notes its arguments, each on a line with its name before. */
const NOTE = 'printf "%s %s\\n" "$(basename "$0")" "$*" >> "$FERRY_PROGRAMS"\n';
const PROGRAMS = {
  'icacls.exe': NOTE,
  // /export /cfg FILE …, or /configure /db FILE /cfg FILE …
  'secedit.exe': `${NOTE}case $1 in
/export) printf '[Privilege Rights]\\r\\nSeBatchLogonRight = %s\\r\\n' "$FERRY_RIGHTS" > "$3" ;;
*) cp "$5" "$FERRY_PROGRAMS.template" ;;
esac\n`,
};

/** What a run of the installer came to. */
export interface Ended {
  readonly code: number;
  readonly said: string;
}

export class Windows {
  readonly scheduler = new Scheduler();
  readonly rules = new Map<string, Readonly<Record<string, unknown>>>();
  readonly users = new Map<string, Readonly<Record<string, unknown>>>();
  readonly administrators = new Set<string>();
  /** Cmdlets that change something, in their order. */
  readonly changes: string[] = [];
  /** Who holds "log on as a batch job". */
  rights = OWN_RIGHTS;
  readonly root: string;
  readonly #pwsh: string;
  readonly #close: () => Promise<void>;

  private constructor(pwsh: string, root: string, close: () => Promise<void>) {
    this.#pwsh = pwsh;
    this.root = root;
    this.#close = close;
  }

  static async open(pwsh: string): Promise<Windows> {
    const root = await mkdtemp(join(tmpdir(), 'ferry-install-'));
    const simulator = await openFakeSimulator();
    const windows = new Windows(pwsh, root, simulator.close);
    simulator.tell((request) => windows.#answer(request));
    await mkdir(join(root, 'bin'));
    for (const [name, text] of Object.entries(PROGRAMS)) {
      await writeFile(join(root, 'bin', name), `#!/bin/sh\n${text}`);
      await chmod(join(root, 'bin', name), 0o755);
    }
    await writeFile(join(root, 'programs'), '');
    await writeFile(join(root, 'hv-a.env'), SETTINGS);
    return windows;
  }

  async close(): Promise<void> {
    await this.scheduler.close();
    await this.#close();
    // A worker that has just lost its keeper may still write its last line.
    await rm(this.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** The parameter that gives the host's settings. */
  get settings(): string {
    return `-EnvFile '${this.path('hv-a.env')}'`;
  }

  async text(...parts: string[]): Promise<string> {
    return await readFile(this.path(...parts), 'utf8');
  }

  /** A package, unpacked into a folder by its version. */
  async unpack(options: PackageOptions): Promise<string> {
    const folder = this.path(`zip-${options.version}`);
    await makePackage(folder, options);
    return folder;
  }

  /** Runs the installer of an unpacked package, with the rest of its command line. */
  install(folder: string, options: string): Promise<Ended> {
    return this.#run(this.#command(folder, options));
  }

  /** One PowerShell for many: what each of them ends with. */
  async refusals(folder: string, options: readonly string[]): Promise<string[]> {
    const tries = options.map((each) => `try { ${this.#command(folder, each)} } catch { "<$_>" }`);
    const { said } = await this.#run(tries.join('; '));
    return [...said.matchAll(/<([^<>]+)>/g)].map(([, text = '']) => text);
  }

  #command(folder: string, options: string): string {
    const script = join(folder, 'install-worker.ps1');
    return `& '${script}' ${options} -Folder '${this.path('Ferry')}'`;
  }

  async #run(command: string): Promise<Ended> {
    const env = {
      ...process.env,
      PATH: `${this.path('bin')}${delimiter}${process.env.PATH}`,
      PSModulePath: MODULE_PATH,
      COMPUTERNAME: 'HV-A',
      FERRY_PROGRAMS: this.path('programs'),
      FERRY_RIGHTS: this.rights,
      NO_COLOR: '1',
    };
    const arguments_ = ['-NoProfile', '-NonInteractive', '-Command', command];
    const running = run(this.#pwsh, arguments_, { env, timeout: 120_000 });
    running.child.stdin?.end();
    return await running.then(
      ({ stdout, stderr }) => ({ code: 0, said: plain(stdout + stderr) }),
      ({ code, stdout, stderr }) => ({ code: Number(code), said: plain(stdout + stderr) }),
    );
  }

  #answer(request: Asked): Told {
    const { cmdlet, parameters } = request;
    if (!/^(Get|New-ScheduledTask)/.test(cmdlet)) this.changes.push(cmdlet);
    const told = this.scheduler.answer(request);
    if (told !== undefined) return told;
    const name = String([parameters.Name].flat()[0]);
    if (cmdlet.endsWith('LocalUser')) return this.#user(cmdlet, name, parameters);
    if (cmdlet.endsWith('LocalGroupMember'))
      return this.#member(cmdlet, String([parameters.Member].flat()[0]));
    if (cmdlet.endsWith('NetFirewallRule')) return this.#rule(cmdlet, name, parameters);
    if (cmdlet === 'Get-NetIPAddress') return address(String([parameters.IPAddress].flat()[0]));
    throw new Error(`No ${cmdlet} here`);
  }

  #user(cmdlet: string, name: string, parameters: Asked['parameters']): Told {
    if (cmdlet === 'New-LocalUser') this.users.set(name, parameters);
    if (cmdlet === 'Remove-LocalUser') this.users.delete(name);
    const user = this.users.get(name);
    if (cmdlet !== 'Get-LocalUser') return {};
    if (user === undefined) return { errors: [failure('UserNotFound', name)] };
    return { output: [{ $type: 'LocalUser', Name: name, Description: user.Description }] };
  }

  #member(cmdlet: string, name: string): Told {
    const isMember = this.administrators.has(name);
    if (cmdlet === 'Remove-LocalGroupMember') this.administrators.delete(name);
    else if (isMember) return { errors: [failure('MemberExists', name)] };
    else this.administrators.add(name);
    return {};
  }

  #rule(cmdlet: string, name: string, parameters: Asked['parameters']): Told {
    if (cmdlet === 'Remove-NetFirewallRule') this.rules.delete(name);
    else if (cmdlet !== 'Get-NetFirewallRule') this.rules.set(name, parameters);
    const isThere = this.rules.has(name);
    if (cmdlet !== 'Get-NetFirewallRule') return {};
    if (!isThere) return { errors: [failure('CmdletizationQuery_NotFound_InstanceID', name)] };
    return { output: [{ $type: 'MSFT_NetFirewallRule', Name: name }] };
  }
}

/** This host has one address on the migration network. */
const address = (asked: string): Told =>
  asked === '10.0.9.11'
    ? { output: [{ $type: 'MSFT_NetIPAddress', IPAddress: asked, PrefixLength: 20 }] }
    : { errors: [failure('CmdletizationQuery_NotFound_IPAddress', asked)] };

const failure = (errorId: string, target: string): object => ({
  terminating: false,
  errorId,
  category: 'ObjectNotFound',
  message: `${errorId}: ${target}`,
  target,
});

/** PowerShell breaks long lines of errors, and puts a bar before each. */
const plain = (text: string): string => text.replaceAll(/\s*\n\s*(\|\s*)?/g, ' ').trim();
