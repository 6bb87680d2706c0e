/** What the page asks of the lab: one table, each request checked before it is obeyed. */

import { z } from 'zod';
import { HOSTS, type Lab } from '../machine.ts';
import { choiceSchema, fieldValuesSchema, questionSchema } from '../slack/choices.ts';
import type { FaultDesk } from './faults.ts';
import type { TruthWatch } from './truth.ts';

export interface Parts {
  readonly lab: Lab;
  readonly desk: FaultDesk;
  readonly truth: TruthWatch;
}

/** A command has room in 5,000 characters and must be refused by the bot, not by this page. */
const TYPED_CHARACTERS_MAX = 40_000;

const as = z.string();
const saySchema = z.object({
  as,
  typed: z.string().min(1).max(TYPED_CHARACTERS_MAX),
  channel: z.string(),
  threadTs: z.string().exactOptional(),
});
const chooseSchema = z.object({ as, choice: choiceSchema });
const optionsSchema = z.object({ as, question: questionSchema });
const submitSchema = z.object({ as, viewId: z.string(), values: fieldValuesSchema });
const dismissSchema = z.object({ as, viewId: z.string() });
const openHomeSchema = z.object({ as });
const faultSchema = z.object({
  id: z.string(),
  host: z.enum(HOSTS).optional(),
  vm: z.string().optional(),
  on: z.boolean().default(true),
});

type Act = (parts: Parts, body: unknown) => Promise<unknown>;

export const REQUESTS: ReadonlyMap<string, Act> = new Map<string, Act>([
  [
    'say',
    ({ lab }, body) => {
      const { as: person, typed, ...where } = saySchema.parse(body);
      return lab.slack.say(person, typed, where);
    },
  ],
  [
    'choose',
    ({ lab }, body) => {
      const { as: person, choice } = chooseSchema.parse(body);
      return lab.slack.choose(person, choice);
    },
  ],
  [
    'options',
    ({ lab }, body) => {
      const { as: person, question } = optionsSchema.parse(body);
      return lab.slack.options(person, question);
    },
  ],
  [
    'submit',
    ({ lab }, body) => {
      const { as: person, viewId, values } = submitSchema.parse(body);
      return lab.slack.submit(person, viewId, values);
    },
  ],
  [
    'dismiss',
    ({ lab }, body) => {
      const { as: person, viewId } = dismissSchema.parse(body);
      return lab.slack.dismiss(person, viewId);
    },
  ],
  ['open-home', ({ lab }, body) => lab.slack.openHome(openHomeSchema.parse(body).as)],
  [
    'fault',
    async ({ desk, truth }, body) => {
      const { id, ...target } = faultSchema.parse(body);
      await desk.do(id, target);
      truth.checkSoon();
    },
  ],
  ['check', async ({ truth }) => truth.checkSoon()],
]);
