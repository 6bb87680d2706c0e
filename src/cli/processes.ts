/** `ferry bot` and `ferry worker`: run until they are asked to end. Each loads only what it needs. */

import { once } from 'node:events';
import { Command } from 'commander';
import { botSchema, readConfig, workerSchema } from '../config.ts';
import { print, reporting } from './reporting.ts';

export const botCommand = (): Command =>
  new Command('bot')
    .description('run the Slack bot; prints its fingerprint when it is ready')
    .action(() =>
      reporting(async () => {
        const { startBotProcess } = await import('../bot/main.ts');
        const bot = await startBotProcess(readConfig(botSchema, process.env));
        print(JSON.stringify({ ready: 'bot', fingerprint: bot.fingerprint }));
        await askedToEnd();
        await bot.stop();
        // Slack's socket client may leave a timer behind that would hold the process for 30 s.
        process.exit();
      }),
    );

export const workerCommand = (): Command =>
  new Command('worker')
    .description("run this host's worker; prints the code that enrols it when it is ready")
    .option('--bot <fingerprint>', 'the bot that this host obeys; pinned at installation')
    .action(({ bot }: { bot?: string }) =>
      reporting(async () => {
        const environment = bot ? { ...process.env, FERRY_BOT: bot } : process.env;
        const config = readConfig(workerSchema, environment);
        const { startWorker } = await import('../worker/main.ts');
        const { code, fingerprint, stop } = await startWorker(config);
        print(JSON.stringify({ ready: 'worker', host: config.FERRY_HOST, code, fingerprint }));
        await askedToEnd();
        await stop();
      }),
    );

async function askedToEnd(): Promise<void> {
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
}
