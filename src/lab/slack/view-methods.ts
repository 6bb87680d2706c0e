/** The Web API methods of modals and the Home tab. */

import type { Args, Method, Workspace } from './methods.ts';
import { apiView } from './payloads.ts';
import { Refusal } from './refusal.ts';
import { PEOPLE } from './workspace.ts';

const VIEW = { token: 'bot', tier: 4 } as const;

export const VIEW_METHODS: Readonly<Record<string, Method>> = {
  'views.open': {
    ...VIEW,
    answer: (args, workspace) =>
      byTrigger(args, workspace, (userId) => workspace.room.views.open(userId, args.view)),
  },
  'views.push': {
    ...VIEW,
    answer: (args, workspace) =>
      byTrigger(args, workspace, (userId) => workspace.room.views.push(userId, args.view)),
  },
  'views.update': {
    ...VIEW,
    answer: (args, { room }) => {
      const wanted = {
        viewId: stringIn(args.view_id),
        externalId: stringIn(args.external_id),
        hash: stringIn(args.hash),
      };
      return { view: apiView(room.views.update(wanted, args.view)) };
    },
  },
  'views.publish': {
    ...VIEW,
    answer: (args, { room }) => {
      const person = PEOPLE.find(({ id }) => id === args.user_id);
      if (!person) throw new Refusal('user_not_found');
      return { view: apiView(room.views.publish(person.id, args.view, stringIn(args.hash))) };
    },
  },
};

type Shown = Parameters<typeof apiView>[0];

function byTrigger(args: Args, { room }: Workspace, act: (userId: string) => Shown) {
  const triggerId = stringIn(args.trigger_id) ?? '';
  return { view: apiView(room.shortLived.useTrigger(triggerId, act)) };
}

const stringIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
