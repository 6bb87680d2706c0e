/** The environment as typed configuration, read once; or a Problem that names what is wrong. */

import { z } from 'zod';
import { canBeApproved } from './domain/approvers.ts';
import { Problem } from './domain/problem.ts';
import { LANGUAGES } from './texts/words.ts';

const people = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((id) => id !== ''))
  .pipe(
    z.array(
      z.string().regex(/^[UWS][A-Z0-9-]+$/, 'Slack user ids begin with U or W, group ids with S'),
    ),
  );
const somebody = people.refine((ids) => ids.length > 0, 'names nobody');
const yesOrNo = z.enum(['yes', 'no']).transform((text) => text === 'yes');

/** `C111=hv-a,hv-b;C222=*`: the hosts that may be seen and touched from each channel. */
const CHANNEL_HOSTS =
  /^([CGD][A-Z0-9-]+)=(\*|[A-Za-z0-9][A-Za-z0-9._-]*(?:,[A-Za-z0-9][A-Za-z0-9._-]*)*)$/;
const channelScopes = z.string().transform((text, context) => {
  const parts = text
    .replace(/\s+/g, '')
    .split(';')
    .filter((part) => part !== '');
  const scopes = parts.map((part) => {
    const [, channel = '', hosts = ''] = CHANNEL_HOSTS.exec(part) ?? [];
    return { channel, hosts: hosts === '*' ? ('all' as const) : hosts.split(',') };
  });
  const channels = scopes.map(({ channel }) => channel);
  const isWell = channels.length > 0 && !channels.includes('');
  if (isWell && new Set(channels).size === channels.length) return scopes;
  const message = isWell ? 'names a channel twice' : 'must be as in C0123=hv-a,hv-b;C0456=*';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const storeUrl = z
  .string()
  .regex(/^(redis|rediss|postgres|postgresql):\/\//, 'must begin with redis:// or postgres://');

const PORT_MAX = 65_535;
const isPort = (place: string): boolean =>
  Number(place.slice(place.lastIndexOf(':') + 1)) <= PORT_MAX;
const place = z
  .string()
  .regex(/^.+:\d{1,5}$/, 'must be HOST:PORT')
  .refine(isPort, 'must be HOST:PORT');
/** Every address of this machine: other hosts cannot dial that. */
const ANY_ADDRESS = /^(0\.0\.0\.0|::|\[::\]|\*):/;

const common = {
  STORE_URL: storeUrl.describe('Where the journal and the queues live.'),
  FERRY_STATE: z.string().min(1).describe('A folder of its own: key, memory, notes.'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
};

const botObject = z.object({
  ...common,
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', 'must begin with xoxb-'),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-', 'must begin with xapp-'),
  SLACK_CHANNEL: z.string().regex(/^[CG][A-Z0-9-]+$/, 'must be a channel id such as C0123456789'),
  SLACK_API_URL: z.url().optional(),
  FERRY_ALERT_WEBHOOK: z
    .url({ protocol: /^https$/, error: 'must be a URL that begins with https://' })
    .optional()
    .describe('Gets each alert as JSON, also while Slack is away.'),
  FERRY_SYSTEM_LOG: yesOrNo
    .default(true)
    .describe('Whether alerts go to the Event Log or to syslog as well.'),
  FERRY_OPERATORS: somebody.describe('Who may ask for migrations.'),
  FERRY_APPROVERS: somebody.describe('Who may approve a cutover.'),
  FERRY_ADMINISTRATORS: people
    .default([])
    .describe('Who may approve, also what no real host has shown yet.'),
  FERRY_VIEWERS: people.default([]).describe('Who may look.'),
  FERRY_CHANNELS: channelScopes.optional().describe('Which channel is for which hosts.'),
  FERRY_TWO_PERSONS: yesOrNo
    .default(true)
    .describe('Whether somebody else than the person who asked must approve.'),
  LOCALE: z
    .enum(LANGUAGES)
    .default('en')
    .describe("Of channels; what one person alone reads is in that person's language of Slack."),
  FERRY_APPROVERS_NEEDED: z.coerce.number().int().min(1).max(10).default(1),
  FERRY_PAUSE_SECONDS_MAX: z.coerce.number().int().min(1).max(86_400).default(60),
});

type Approving = Pick<
  z.infer<typeof botObject>,
  | 'FERRY_OPERATORS'
  | 'FERRY_APPROVERS'
  | 'FERRY_ADMINISTRATORS'
  | 'FERRY_APPROVERS_NEEDED'
  | 'FERRY_TWO_PERSONS'
>;

/** People are counted here; how many a group has is known when Slack has told it. */
function isEnough(config: Approving, twoPersons: boolean): boolean {
  const approvers = [...config.FERRY_APPROVERS, ...config.FERRY_ADMINISTRATORS];
  if (approvers.some((id) => id.startsWith('S'))) return true;
  const { FERRY_OPERATORS: operators, FERRY_APPROVERS_NEEDED: needed } = config;
  return canBeApproved({ operators, approvers, needed, twoPersons });
}

export const botSchema = botObject
  .refine((config) => isEnough(config, false), {
    path: ['FERRY_APPROVERS_NEEDED'],
    message: 'is more than FERRY_APPROVERS names',
  })
  .refine((config) => !isEnough(config, false) || isEnough(config, config.FERRY_TWO_PERSONS), {
    path: ['FERRY_TWO_PERSONS'],
    message:
      'leaves too few in FERRY_APPROVERS, whoever asks: name more of them there, or set it to no',
  });

/** What `ferry audit` needs, in the bot's environment. */
export const auditSchema = botObject.pick({ STORE_URL: true, FERRY_STATE: true });

const workerObject = z.object({
  ...common,
  FERRY_HOST: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/, 'must be a host name'),
  FERRY_LISTEN: place.default('0.0.0.0:7420').describe('The address on the migration network.'),
  FERRY_ADVERTISE: place.optional().describe('Where other hosts reach it, if not FERRY_LISTEN.'),
  FERRY_BOT: z.string().regex(/^[0-9a-f]{64}$/, 'must be the fingerprint that the bot prints'),
  FERRY_LAB: z
    .string()
    .min(1)
    .optional()
    .describe('The lab folder whose host this worker drives, instead of Hyper-V.'),
  FERRY_POWERSHELL: z
    .string()
    .min(1)
    .optional()
    .describe('The PowerShell that drives Hyper-V, if not the one that Windows has.'),
  FERRY_COMPUTER: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,254}$/, 'must be the name of a computer')
    .optional()
    .describe('The Hyper-V host that this worker serves, where that one cannot run a worker.'),
  FERRY_VM_VOLUME: z
    .string()
    .min(1)
    .optional()
    .describe("Where VMs that come here are put, if not on the volume of Hyper-V's own folder."),
  FERRY_STOP_SECONDS: z.coerce.number().int().min(1).max(3600).default(300),
  FERRY_CONFIRM_SECONDS: z.coerce.number().int().min(1).max(3600).default(300),
  FERRY_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3650)
    .default(14)
    .describe('How long the disks of a VM that moved away are meant to be kept.'),
  FERRY_PATIENCE_SECONDS: z.coerce.number().int().min(1).max(86_400).default(600),
  FERRY_LAB_LIMIT: z.coerce.number().int().min(1).optional(),
  /** Bytes that open rounds leave free at the source. */
  FERRY_LAB_SPACE: z.coerce.number().int().min(0).optional(),
  FERRY_LAB_HOLD: z.string().optional(),
  FERRY_LAB_FAULT: z.enum(['last-round-skipped', 'corrupt-block']).optional(),
});

/** What a command needs beside a running process, on a host or on the bot's machine. */
export const deskSchema = workerObject
  .pick({ STORE_URL: true, FERRY_STATE: true, FERRY_BOT: true })
  .extend({ FERRY_HOST: z.string().default('bot') });

export const workerSchema = workerObject
  .refine(
    ({ FERRY_LISTEN, FERRY_ADVERTISE }) => FERRY_ADVERTISE || !ANY_ADDRESS.test(FERRY_LISTEN),
    { path: ['FERRY_ADVERTISE'], message: 'is missing: FERRY_LISTEN names no address to dial' },
  )
  // On Windows there is real data, unless the hosts are the lab's too.
  .refine(
    ({ FERRY_LAB, FERRY_LAB_FAULT }) =>
      FERRY_LAB_FAULT === undefined || FERRY_LAB !== undefined || process.platform !== 'win32',
    { path: ['FERRY_LAB_FAULT'], message: 'damages what is copied: only a lab may have it' },
  );

export type BotConfig = z.infer<typeof botSchema>;
export type WorkerConfig = z.infer<typeof workerSchema>;

/** @throws {Problem} config-missing | config-invalid {variable}, for the first that does not fit */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.infer<Schema> {
  const given = Object.entries(environment).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const variable = String(issue?.path[0] ?? 'environment');
  const isMissing = issue?.code !== 'custom' && !given.some(([key]) => key === variable);
  if (isMissing) throw new Problem('config-missing', { variable });
  throw new Problem('config-invalid', { variable, problem: issue?.message ?? 'does not fit' });
}
