/** What each command does: one call, and its answer. Who may was asked before. */

import type { Words } from '../../texts/words.ts';
import type { Edge } from '../edge.ts';
import { warnedOfApprovers } from '../missing-approvers.ts';
import type { Wish } from '../ports.ts';
import { deletionRefusalAnswer, refusalAnswer, sentence, shownIn } from '../views/answers.ts';
import { type Message, named } from '../views/blocks.ts';
import { helpAnswer } from '../views/help-answer.ts';
import { hostsAnswer } from '../views/host-answers.ts';
import { previewMessage } from '../views/plan-preview.ts';
import { doctorAnswer } from '../views/record-answers.ts';
import { unenrollQuestion } from '../views/unenroll.ts';
import { whatIfAnswer } from '../views/what-if.ts';
import { align } from './align.ts';
import { type Asked, placed } from './asked.ts';
import { drain } from './drain.ts';
import type { Command, OperationCommand } from './grammar.ts';
import { copies, history, status, vms } from './look.ts';
import type { Understood } from './read-words.ts';
import { typedAs } from './slips.ts';
import { scheduled, setWindow, timed } from './times.ts';

/** `edge.operations` are those of the asker's channel. */
export async function run(
  { command, words: typed }: Understood,
  asked: Asked,
  edge: Edge,
): Promise<Message> {
  const { words } = asked;
  const { operations } = edge;
  switch (command.name) {
    case 'ask':
      return helpAnswer(words);
    case 'help':
      return helpAnswer(words, command.command);
    case 'migrate':
      return migrate(await timed(command, asked, edge), asked, edge);
    case 'plan': {
      const wish = await timed(command, asked, edge);
      const start = `/migrate ${typedAs(typed.slice(1))}`;
      return previewMessage({ wish, command: start }, await operations.preview(wish), words);
    }
    case 'status':
      return await status(command.vm, words, edge);
    case 'history':
      return await history(command.vm, words, edge);
    case 'hosts':
      return hostsAnswer(await operations.hosts(), words);
    case 'vms':
      return await vms(words, edge);
    case 'what-if':
      return whatIfAnswer(await operations.whatIf(command.host), Date.now(), words);
    case 'scheduled':
      return await scheduled(words, edge);
    case 'window':
      return await setWindow(command, asked, edge);
    case 'copies':
      return await copies(words, edge);
    case 'doctor':
      return doctorAnswer(await operations.doctor(), words);
    case 'align':
      return await align(command, asked, edge);
    case 'drain':
    case 'return':
      return await drain(command, asked, edge);
    case 'delete':
    case 'restore':
      return await ofCopy(command, asked, edge);
    case 'enroll':
      await operations.enroll(command.host, command.code, asked.asker.user);
      return sentence(words.commands.enrolled(named(command.host)));
    case 'unenroll':
      return unenrollQuestion(await operations.mayUnenroll(command.host), words);
    case 'limit':
      return await limit(command, asked, edge);
    case 'retry':
      return await retry(command.vm, asked, edge);
    case 'unalign':
      await operations.stopAligning(command.vm, asked.asker.user);
      edge.wake();
      return sentence(words.alignment.ended(named(command.vm)));
    case 'cancel':
    case 'pause':
    case 'resume':
    case 'rollback': {
      await operations[command.name](command.vm, asked.asker.user);
      edge.wake();
      return sentence(saidOf(command.name, named(command.vm), words));
    }
  }
}

function saidOf(
  name: Exclude<OperationCommand, 'retry' | 'unalign'>,
  what: string,
  { chat, commands }: Words,
): string {
  switch (name) {
    case 'cancel':
      return chat.cancelled(what);
    case 'pause':
      return commands.paused(what);
    case 'resume':
      return commands.resumed(what);
    case 'rollback':
      return chat.rolledBack(what);
  }
}

/** The plan, and where it is shown; the same for a typed command and for the form. */
export async function migrate(wish: Wish, { asker, words }: Asked, edge: Edge): Promise<Message> {
  const { user } = asker;
  const channel = await edge.authority.channelFor(asker);
  const proposed = await edge.operations.propose({ ...wish, user, channel });
  if ('refused' in proposed) return refusalAnswer(wish, proposed.refused, words);
  const { operation } = proposed;
  edge.wake(operation);
  const answer = placed(words.chat.planned(named(operation)), { channel, asker, words });
  return await warnedOfApprovers(answer, { operation, user }, edge);
}

async function retry(vm: string, { asker, words }: Asked, edge: Edge): Promise<Message> {
  const { user } = asker;
  const anew = await edge.operations.retry(vm, user);
  edge.wake(anew?.operation);
  if (!anew) return sentence(words.chat.retried(named(vm)));
  const { operation, channel } = anew;
  const answer = shownIn(words.chat.plannedAnew(named(vm), named(operation)), channel);
  return await warnedOfApprovers(answer, { operation, user }, edge);
}

/** A copy is deleted, or started: both are asked of people. */
async function ofCopy(
  { name, vm, host }: Extract<Command, { name: 'delete' | 'restore' }>,
  { asker, words }: Asked,
  edge: Edge,
): Promise<Message> {
  const { user } = asker;
  const { operations } = edge;
  const channel = await edge.authority.channelFor(asker);
  const request = { vm, host, user, channel };
  const isDeletion = name === 'delete';
  const proposed = isDeletion
    ? await operations.proposeDeletion(request)
    : await operations.proposeRestore(request);
  if ('refused' in proposed) return deletionRefusalAnswer({ vm, host }, proposed.refused, words);
  const { operation } = proposed;
  edge.wake(operation);
  const { commands } = words;
  const said = isDeletion ? commands.deletionPlanned : commands.restorePlanned;
  const answer = placed(said(named(operation)), { channel, asker, words });
  return await warnedOfApprovers(answer, { operation, user }, edge);
}

async function limit(
  { vm, bytesPerSecondMax }: Extract<Command, { name: 'limit' }>,
  { asker, words: { commands } }: Asked,
  { operations, wake }: Edge,
): Promise<Message> {
  await operations.limit(vm, bytesPerSecondMax, asker.user);
  wake();
  const what = named(vm);
  return sentence(
    bytesPerSecondMax === undefined
      ? commands.unlimited(what)
      : commands.limited(what, bytesPerSecondMax),
  );
}
