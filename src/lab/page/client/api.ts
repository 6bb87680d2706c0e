/** How the page talks to its server: requests that act, and one stream of what happens. */

import type {
  Failure,
  SlackNews,
  Start,
  Truth,
  WireFieldValue,
  WireMessage,
  WireOption,
  WirePlace,
} from '../wire.ts';
import { spoken } from './inline.ts';
import { change, current, nameOf } from './store.ts';

const ANNOUNCED_CHARACTERS_MAX = 300;

/** `undefined` when it failed; the failure is then shown. */
async function ask<T>(name: string, body: object): Promise<T | undefined> {
  change({ failure: undefined });
  try {
    const response = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return (await response.json()) as T;
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const failure = isJson
      ? ((await response.json()) as Failure)
      : { text: await response.text(), remedy: '' };
    change({ failure });
  } catch {
    change({
      failure: {
        text: 'The lab does not answer.',
        remedy: 'Look whether "npm run lab" still runs, and open the URL that it prints.',
      },
    });
  }
  return undefined;
}

interface Done {
  readonly outcome: string;
}

export interface Submitted extends Done {
  readonly errors?: Readonly<Record<string, string>>;
  readonly refusal?: string;
}

export const say = (typed: string, threadTs?: string): Promise<Done | undefined> => {
  const { me, channel } = current();
  return ask('say', { as: me, typed, channel, ...(threadTs ? { threadTs } : {}) });
};

export async function choose(place: WirePlace, value?: WireFieldValue): Promise<void> {
  const choice = { ...place, ...(value === undefined ? {} : { value }) };
  const done = await ask<Done>('choose', { as: current().me, choice });
  if (place.viewId && done) change(notHeard(done.outcome));
}

/** In a message Slack's own ephemeral answer says it; in a modal nothing else would. */
const notHeard = (outcome: string) =>
  outcome === 'acknowledged' || outcome === 'not_sent'
    ? {}
    : { failure: { text: `The bot did not answer: ${outcome}.`, remedy: 'Try it again.' } };

export async function options(place: WirePlace, typed: string): Promise<readonly WireOption[]> {
  const question = { ...place, typed };
  const offered = await ask<{ options: WireOption[] }>('options', { as: current().me, question });
  return offered?.options ?? [];
}

export async function submit(viewId: string, values: object): Promise<Submitted | undefined> {
  const done = await ask<Submitted>('submit', { as: current().me, viewId, values });
  if (done && !done.errors) change(notHeard(done.outcome));
  return done;
}

export const dismiss = (viewId: string): Promise<unknown> =>
  ask('dismiss', { as: current().me, viewId });

export const openHome = (): Promise<unknown> => ask('open-home', { as: current().me });

export const doFault = (id: string, target: object): Promise<unknown> =>
  ask('fault', { id, ...target });

export const checkNow = (): Promise<unknown> => ask('check', {});

let stream: EventSource | undefined;

/** Sees the lab with a person's eyes from now on. */
export function actAs(person: string): void {
  sessionStorage.setItem('me', person);
  stream?.close();
  change({ me: person, messages: [], views: [], home: null, failure: undefined });
  const opened = new EventSource(`/events?as=${encodeURIComponent(person)}`);
  stream = opened;
  const on = (event: string, hear: (data: string) => void) =>
    opened.addEventListener(event, (message) => hear((message as MessageEvent<string>).data));
  opened.addEventListener('error', () => change({ isConnected: false }));
  let isFirst = true;
  on('start', (data) => {
    isFirst = true;
    change({ start: JSON.parse(data) as Start, isConnected: true, messages: [] });
  });
  on('truth', (data) => change({ truth: JSON.parse(data) as Truth }));
  on('slack', (data) => {
    hearSlack(JSON.parse(data) as SlackNews, isFirst);
    isFirst = false;
  });
}

function hearSlack({ messages, views, home }: SlackNews, isFirst: boolean): void {
  const state = current();
  const byTs = new Map(state.messages.map((message) => [message.ts, message]));
  const fresh = messages.filter((message) => !byTs.has(message.ts) && !message.isDeleted);
  for (const message of messages) {
    if (message.isDeleted) byTs.delete(message.ts);
    else byTs.set(message.ts, message);
  }
  const all = [...byTs.values()].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  change({
    messages: all,
    ...(views ? { views } : {}),
    ...(home === undefined ? {} : { home }),
    ...(isFirst || fresh.length === 0 ? {} : { announced: announcement(fresh) }),
  });
}

function announcement(fresh: readonly WireMessage[]): string {
  const state = current();
  return fresh
    .map(({ author, text }) => `${nameOf(state, author)}: ${spoken(text)}`)
    .join(' ')
    .slice(0, ANNOUNCED_CHARACTERS_MAX);
}
