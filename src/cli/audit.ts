/** `ferry audit …`: who decided what, for an auditor. Read on the bot's machine, in its environment. */

import { join } from 'node:path';
import { Command } from 'commander';
import { auditSchema, readConfig } from '../config.ts';
import { Problem } from '../domain/problem.ts';
import { print, reporting } from './reporting.ts';
import { said } from './words.ts';

interface ExportOptions {
  readonly vm?: string;
  readonly since?: string;
}

export function auditCommand(): Command {
  const audit = new Command('audit').description('what people decided, and whether it was changed');
  audit
    .command('export')
    .description('the audit and the journals as JSON lines, oldest first')
    .option('--vm <name>', 'only what concerns this VM')
    .option('--since <date>', 'only from then on, for example 2026-01-31')
    .action((options: ExportOptions) => reporting(() => exportLines(options)));
  audit
    .command('verify')
    .description('whether every line is as it was written, and none is missing')
    .action(() => reporting(verify));
  return audit;
}

async function exportLines({ vm, since }: ExportOptions): Promise<void> {
  const from = since === undefined ? undefined : readDate(since);
  const config = readConfig(auditSchema, process.env);
  const { openPast } = await import('../bot/past.ts');
  const { exportAudit } = await import('../bot/export-audit.ts');
  await using past = await openPast(config);
  const wish = {
    ...(vm === undefined ? {} : { vm }),
    ...(from === undefined ? {} : { since: from }),
  };
  for await (const line of exportAudit(past, config.FERRY_STATE, wish)) print(line);
}

/** The store keeps the newest line's hash: a cut end cannot be seen from the files alone. */
async function verify(): Promise<void> {
  const config = readConfig(auditSchema, process.env);
  const { openPast } = await import('../bot/past.ts');
  const { verifyAudit } = await import('../bot/verify-audit.ts');
  await using past = await openPast(config);
  const kept = await past.keptHead();
  const found = await verifyAudit(config.FERRY_STATE, kept);
  const { files, first, head, mended, isEndTorn } = found;
  const lines = head.number === 0 ? 0 : head.number - first + 1;
  const say = said().audit;
  print(say.whole(join(config.FERRY_STATE, 'audit*.jsonl'), lines, files));
  if (first > 1) print(say.dropped(first));
  if (mended > 0) print(say.mended(mended));
  if (isEndTorn) print(say.torn);
  if (!kept) print(say.noHead);
  print(say.newest(head.number, head.hash));
}

/** @throws {Problem} date-unreadable {text} */
function readDate(text: string): number {
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new Problem('date-unreadable', { text });
  return at;
}
