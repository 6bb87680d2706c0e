/** `ferry doctor` and `ferry health`: whether all is well, asked on the machine itself. */

import { Command, Option } from 'commander';
import { z } from 'zod';
import { botSchema, readConfig, workerSchema } from '../config.ts';
import { bySeverity, type Finding, type Severity } from '../domain/finding.ts';
import { print, reporting } from './reporting.ts';
import { said, textOf } from './words.ts';

const EXIT_NOT_WELL = 1;
const SEVERITIES: readonly Severity[] = ['blocker', 'unknown', 'warning', 'ok'];
const LABEL_WIDTH = 8;
const healthSchema = z.object({ FERRY_STATE: z.string().min(1) });

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('check everything around this bot or worker; exit 0: well, 1: not, or not known')
    .addOption(new Option('--json', 'as JSON').conflicts('script'))
    .option('--script', 'the commands that mend it, as a PowerShell script to read and run')
    .action((shape: { json?: boolean; script?: boolean }) =>
      reporting(async () => {
        const isBot = isOfBot(process.env);
        const { besideBot, besideWorker } = await import('../doctor/beside.ts');
        const findings = isBot
          ? await besideBot(readConfig(botSchema, process.env))
          : await besideWorker(readConfig(workerSchema, process.env));
        print(await shown(findings, shape));
        const isWell = findings.every(({ severity }) => ['ok', 'warning'].includes(severity));
        if (!isWell) process.exitCode = EXIT_NOT_WELL;
      }),
    );

export const healthCommand = (): Command =>
  new Command('health')
    .description('exit 0 while the bot beside it has the store and a connection to Slack')
    .action(() =>
      reporting(async () => {
        const { FERRY_STATE } = readConfig(healthSchema, process.env);
        const { requireHealthy } = await import('../bot/health.ts');
        const { connections } = await requireHealthy(FERRY_STATE);
        print(said().healthy(connections.open));
      }, 1),
    );

async function shown(
  findings: readonly Finding[],
  { json, script }: { json?: boolean; script?: boolean },
): Promise<string> {
  if (json) return JSON.stringify(findings, null, 2);
  if (!script) return inWords(findings);
  const { mendingScript } = await import('../doctor/script.ts');
  return mendingScript(findings, textOf);
}

/** A host's file may still hold the bot's part of `.env.example`. */
function isOfBot({ FERRY_HOST, SLACK_BOT_TOKEN, SLACK_APP_TOKEN }: NodeJS.ProcessEnv): boolean {
  const isHost = Boolean(FERRY_HOST) && FERRY_HOST !== 'bot';
  return !isHost && Boolean(SLACK_BOT_TOKEN || SLACK_APP_TOKEN);
}

/** The most urgent first, each with its way out. */
function inWords(findings: readonly Finding[]): string {
  const lines = bySeverity(findings).flatMap((finding) => {
    const { text, remedy } = textOf(finding);
    const label = finding.severity.padEnd(LABEL_WIDTH);
    const isOk = finding.severity === 'ok';
    return [`${label} ${text}`, ...(isOk ? [] : [`${' '.repeat(LABEL_WIDTH)} ${remedy}`])];
  });
  const counts = SEVERITIES.map(
    (severity) => `${findings.filter((one) => one.severity === severity).length} ${severity}`,
  );
  return [...lines, counts.join(', ')].join('\n');
}
