/** From a typed text to its answer; the same for `/migrate` and for a mention. */

import { toProblemRecord } from '../../domain/problem.ts';
import { chat } from '../../texts/en/chat.ts';
import { deniedFor } from '../authority.ts';
import type { Edge } from '../edge.ts';
import {
  helpAnswer,
  hostsAnswer,
  plannedAnswer,
  problemAnswer,
  refusalAnswer,
  sentence,
  statusAnswer,
} from '../views/answers.ts';
import { type Message, named } from '../views/blocks.ts';
import { type Command, parseCommand, ruleOf } from './grammar.ts';

/** Always an answer: what goes wrong is told to the one who asked, and logged. */
export async function answerTo(text: string, user: string, edge: Edge): Promise<Message> {
  const parsed = parseCommand(text);
  if ('problem' in parsed) return problemAnswer(parsed.problem);
  const { command } = parsed;
  const denied = deniedFor(user, ruleOf(command.name)?.for ?? 'operator', edge.roles);
  if (denied) return problemAnswer(denied.problem, denied.whoMay);
  try {
    return await run(command, user, edge);
  } catch (error) {
    const problem = toProblemRecord(error);
    edge.log('slack-command-failed', { ...problem.facts, code: problem.code, user });
    return problemAnswer(problem);
  }
}

async function run(command: Command, user: string, edge: Edge): Promise<Message> {
  const { operations } = edge;
  switch (command.name) {
    case 'migrate':
      return migrate({ vm: command.vm, target: command.host }, user, edge);
    case 'enroll':
      await operations.enroll(command.host, command.code, user);
      return sentence(chat.enrolled(named(command.host)));
    case 'status':
      return status(command.vm, edge);
    case 'cancel':
      await operations.cancel({ vm: command.vm }, user);
      edge.wake();
      return sentence(chat.cancelled(named(command.vm)));
    case 'hosts':
      return hostsAnswer(await operations.hosts());
    case 'help':
      return helpAnswer(command.command);
  }
}

async function migrate(
  route: { vm: string; target: string },
  user: string,
  edge: Edge,
): Promise<Message> {
  const proposed = await edge.operations.propose({ ...route, user, channel: edge.channel });
  if ('refused' in proposed) return refusalAnswer(route, proposed.refused);
  edge.wake(proposed.operation);
  return plannedAnswer(proposed.operation, edge.channel);
}

async function status(vm: string | undefined, { operations }: Edge): Promise<Message> {
  const views = await operations.openViews();
  if (vm === undefined) return statusAnswer(views);
  const asked = vm.toLowerCase();
  const found = views.filter(
    (view) => view.plan.vm.name.toLowerCase() === asked || view.operation.toLowerCase() === asked,
  );
  if (found.length > 0) return statusAnswer(found);
  return problemAnswer({ code: 'nothing-under-way', facts: { vm: named(vm) } });
}
