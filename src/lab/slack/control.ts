/** How the lab and tests drive the stand-in: the same in process and from another process. */

import { Problem } from '../../domain/problem.ts';
import type { Calls, FaultKind } from './call-log.ts';
import type { Changes } from './channel.ts';
import type { Choice, Chosen, FieldValues, Offered, Question, Submitted } from './choices.ts';
import { isShown, type LabMessage } from './message.ts';
import type { Done } from './people.ts';
import type { DisconnectReason } from './socket-mode.ts';
import type { OpenView } from './view.ts';
import type { Weather } from './weather.ts';

/** One question for changes waits at most this long, so that a lost stand-in is noticed. */
export const POLL_MS_MAX = 20_000;
const WAIT_MS_DEFAULT = 30_000;
const SHOWN_ON_TIMEOUT_MAX = 5;
const SHOWN_CHARACTERS_MAX = 200;

interface ChannelView {
  /** Shown messages in order, replies included: `channel` and `threadTs` tell them apart. */
  readonly messages: readonly LabMessage[];
  readonly ephemerals: readonly LabMessage[];
}

interface WaitOptions {
  /** What is waited for, to say so when it does not come. */
  readonly what?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface SayOptions {
  readonly threadTs?: string;
  /** The id of a channel; `CHANNEL` by default. */
  readonly channel?: string;
}

interface FailOptions {
  readonly times?: number;
  readonly retryAfterSeconds?: number;
}

/** The predicate's first answer that is not nothing ends a wait. */
type Predicate<T> = (view: ChannelView) => T | undefined | false | null;

/** What each side provides; the rest of `SlackControl` is made from it. */
export interface ControlCore {
  /** Resolves when the bot has acknowledged, or Slack has told the person that it did not. */
  say(user: string, typed: string, options?: SayOptions): Promise<Done>;
  /** Presses the first button with this id and accepts its confirm dialog. */
  click(user: string, messageTs: string, actionId: string): Promise<Done>;
  /**
   * Picks a value in a select, checkboxes, radio buttons, a picker or a text input, or presses that
   * very button. The bot hears of it when Slack tells it, else the outcome is `not_sent`.
   */
  choose(user: string, choice: Choice): Promise<Chosen>;
  /** What the bot offers in an external select for what is typed there. */
  options(user: string, question: Question): Promise<Offered>;
  /** The person's open modals, the one on top last. */
  views(user: string): Promise<readonly OpenView[]>;
  /** The app's Home tab for this person, once it was published. */
  home(user: string): Promise<OpenView | null>;
  /** The person looks at the app's Home tab: the bot gets `app_home_opened`. */
  openHome(user: string): Promise<Chosen>;
  /** Fills in `values` and presses Submit. */
  submit(user: string, viewId: string, values?: FieldValues): Promise<Submitted>;
  /** Presses Close. Closing the first of a stack closes the stack. */
  dismiss(user: string, viewId: string): Promise<Chosen>;
  /** Changes after `version`, at once or within `waitMs`. Deleted messages are among them. */
  changes(version: number, waitMs?: number, signal?: AbortSignal): Promise<Changes>;
  calls(): Promise<Calls>;
  /** The next calls of a method (or `response_url`) fail so. */
  fail(method: string, kind: FaultKind, options?: FailOptions): Promise<void>;
  /** Switches conditions on and off, and gives those that are on then; `{}` asks. */
  weather(change: Partial<Weather>): Promise<Weather>;
  /** Asks one connection to leave, as Slack does when it refreshes it. */
  disconnect(reason: DisconnectReason): Promise<void>;
  /** Cuts every Socket Mode connection without a word, as a lost network does. */
  cutConnections(): Promise<void>;
  /** Open Socket Mode connections that get payloads. */
  connections(): Promise<number>;
}

export interface SlackControl extends ControlCore {
  messages(): Promise<readonly LabMessage[]>;
  /** What only this person sees. */
  ephemerals(userId: string): Promise<readonly LabMessage[]>;
  /** @throws Problem `slack-wait-timeout` with what the channel shows instead */
  waitFor<T>(predicate: Predicate<T>, options?: WaitOptions): Promise<T>;
}

export function controlOf(core: ControlCore): SlackControl {
  const view = async () => viewOf((await core.changes(0)).messages);
  return {
    ...core,
    messages: async () => (await view()).messages,
    ephemerals: async (userId) => (await view()).ephemerals.filter(({ to }) => to === userId),
    waitFor: (predicate, options) => waitFor(core, predicate, options),
  };
}

async function waitFor<T>(
  core: ControlCore,
  predicate: Predicate<T>,
  { what = 'a change in the channel', timeoutMs = WAIT_MS_DEFAULT, signal }: WaitOptions = {},
): Promise<T> {
  const byTs = new Map<string, LabMessage>();
  const endsAtMs = Date.now() + timeoutMs;
  let version = 0;
  while (true) {
    signal?.throwIfAborted();
    const leftMs = Math.max(endsAtMs - Date.now(), 0);
    const changes = await core.changes(version, Math.min(leftMs, POLL_MS_MAX), signal);
    for (const message of changes.messages) byTs.set(message.ts, message);
    version = changes.version;
    const view = viewOf([...byTs.values()]);
    const found = predicate(view);
    if (found !== undefined && found !== false && found !== null) return found;
    if (leftMs === 0) throw timeout(view, { what, timeoutMs });
  }
}

const viewOf = (messages: readonly LabMessage[]): ChannelView => ({
  messages: messages.filter(isShown),
  ephemerals: messages.filter(({ kind, isDeleted }) => kind === 'ephemeral' && !isDeleted),
});

function timeout(
  { messages, ephemerals }: ChannelView,
  { what, timeoutMs }: { readonly what: string; readonly timeoutMs: number },
): Problem {
  const shown = [...messages, ...ephemerals].slice(-SHOWN_ON_TIMEOUT_MAX);
  return new Problem('slack-wait-timeout', {
    what,
    waitSeconds: timeoutMs / 1_000,
    lastMessages: shown.map(({ text }) => text.slice(0, SHOWN_CHARACTERS_MAX)),
  });
}
