/** `ferry migration …`: the buttons' work for when Slack is away, signed with this host's key. */

import { Command } from 'commander';
import { aboutOf } from '../bot/history.ts';
import {
  cancelling,
  isOperationName,
  limiting,
  look,
  pausing,
  readVerified,
  request,
  resuming,
  retrying,
  rollingBackBy,
} from '../bot/requests.ts';
import { deskSchema, readConfig, workerSchema } from '../config.ts';
import { isDrainName } from '../domain/drain.ts';
import { type Entry, openedOf, type Role } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import { claimsOf } from '../migration/claims.ts';
import { stateOf } from '../migration/state.ts';
import { stepsOf } from '../migration/steps.ts';
import { readRate } from '../slack/commands/values.ts';
import type { Desk } from '../worker/desk.ts';
import { print, reporting } from './reporting.ts';
import { said, textOf } from './words.ts';

const LIST_MAX = 50;

export function migrationCommand(): Command {
  const migration = new Command('migration').description('see and steer migrations without Slack');
  migration
    .command('list')
    .description('the newest migrations')
    .action(() => atDesk(list));
  const withId = (
    name: string,
    description: string,
    act: (desk: Desk, id: string) => Promise<void>,
  ) =>
    migration
      .command(name)
      .description(description)
      .argument('<id>', 'for example m42')
      .action((id: string) => atDesk((desk) => act(desk, id)));
  withId('show', 'its journal, entry by entry', show);
  withId('cancel', 'take it back; not possible once the target was started', (desk, id) =>
    steer(desk, id, cancelling(`host ${desk.identity.name}`, id)),
  );
  withId('pause', 'let copying rest, with the VM running, until it is resumed', (desk, id) =>
    steer(desk, id, pausing(`host ${desk.identity.name}`, id)),
  );
  withId('resume', 'go on with what is paused', (desk, id) =>
    steer(desk, id, resuming(`host ${desk.identity.name}`, id)),
  );
  migration
    .command('limit')
    .description('bound how fast it copies, while the VM runs')
    .argument('<id>', 'for example m42')
    .argument('<rate>', 'for example 50MB/s or 400Mbit/s; off for no limit')
    .action((id: string, rate: string) => atDesk((desk) => limit(desk, id, rate)));
  withId('retry', 'try the step again that waits for a person', retry);
  withId('rollback', 'take it back when it waits for a person', (desk, id) =>
    steer(desk, id, rollingBackBy(`host ${desk.identity.name}`, id)),
  );
  withId('heal-store', 'give a store that lost entries what this process has seen', healStore);
  migration
    .command('unfence')
    .description('on the source, when the store is gone: ask the target, then lift the fence')
    .argument('<id>', 'for example m42')
    .action((id: string) =>
      reporting(async () => {
        const { unfence } = await import('../worker/by-hand.ts');
        const { vm, source, target } = await unfence(readConfig(workerSchema, process.env), id);
        print(said().unfenced(vm, source, target));
      }),
    );
  return migration;
}

async function atDesk(act: (desk: Desk) => Promise<void>): Promise<void> {
  await reporting(async () => {
    const { openDesk } = await import('../worker/desk.ts');
    await using desk = await openDesk(readConfig(deskSchema, process.env));
    await act(desk);
  });
}

async function list(desk: Desk): Promise<void> {
  for (const id of await desk.store.list(LIST_MAX)) print(`${id}  ${await lineOf(desk, id)}`);
}

/** One journal that cannot be trusted does not hide the others. */
async function lineOf(desk: Desk, id: string): Promise<string> {
  try {
    if (isDrainName(id)) return await drainLineOf(desk, id);
    const { entries, next } = await look(desk, id);
    const { vm, source, target } = openedOf(entries).plan;
    const outcome = next.kind === 'finished' ? next.outcome : next.kind;
    return `${vm.name}  ${source} -> ${target}  ${outcome}${stepIn(entries)}`;
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'store-unreachable') throw error;
    return textOf(error).text;
  }
}

async function drainLineOf(desk: Desk, id: string): Promise<string> {
  const { kind, source, target, vms } = aboutOf(await readVerified(desk, id));
  return `${kind} ${source}  ${kind === 'drain' ? '->' : '<-'} ${target}  ${vms.join(', ')}`;
}

function stepIn(entries: readonly Entry[]): string {
  const last = entries.findLast(({ body }) => body.kind === 'started')?.body;
  return last?.kind === 'started' ? `  (${last.step})` : '';
}

async function show(desk: Desk, id: string): Promise<void> {
  for (const { position, at, author, body } of await readVerified(desk, id)) {
    const { kind, ...rest } = body;
    const what = kind === 'opened' ? '' : JSON.stringify(rest);
    print(
      `${String(position).padStart(4)}  ${new Date(at).toISOString()}  ${author}  ${kind} ${what}`,
    );
    if (body.kind === 'failed') print(`      ${textOf(body.problem).text}`);
  }
  if (!isDrainName(id)) print(`next: ${JSON.stringify((await look(desk, id)).next)}`);
}

async function steer(desk: Desk, id: string, decide: Parameters<typeof request>[2]): Promise<void> {
  const { entries } = await look(desk, id);
  await request(desk, { operation: id, author: roleOf(desk, entries) }, decide);
  print(said().recorded(id));
}

async function limit(desk: Desk, id: string, rate: string): Promise<void> {
  const bytesPerSecondMax = rate.toLowerCase() === 'off' ? 0 : readRate(rate);
  if (bytesPerSecondMax === undefined) throw new Problem('rate-unreadable', { text: rate });
  await steer(desk, id, limiting({ by: `host ${desk.identity.name}`, bytesPerSecondMax }, id));
}

/** An entry under another's role would make the journal worthless for everyone. */
function roleOf({ identity }: Desk, entries: readonly Entry[]): Role {
  const { parties, plan } = openedOf(entries);
  const roles = ['bot', 'source', 'target'] as const;
  const mine = roles.find((role) => parties[role].publicKey === identity.publicKey);
  if (mine) return mine;
  throw new Problem('not-a-party', { vm: plan.vm.name });
}

async function retry(desk: Desk, id: string): Promise<void> {
  const { entries, next } = await look(desk, id);
  const { vm, target } = openedOf(entries).plan;
  if (next.kind === 'finished' && next.outcome === 'rolled back') {
    throw new Problem('retry-needs-bot', { vm: vm.name, host: target });
  }
  await steer(desk, id, retrying(`host ${desk.identity.name}`, id));
}

/** The longest chain that this process saw goes back; the store refuses what does not continue it. */
async function healStore(desk: Desk, id: string): Promise<void> {
  const seen = isOperationName(id) ? await desk.memory.seen(id) : [];
  if (seen.length === 0) throw new Problem('operation-unknown', { operation: id });
  desk.journal.verify(seen);
  const opened = openedOf(seen);
  const take = claimsOf(opened, stateOf(stepsOf(opened), seen));
  await desk.store.heal(seen, { take });
  print(said().healed(id, seen.length));
}
