/** What the page knows, in one value; components listen to the part that they show. */

import { useEffect, useState } from 'preact/hooks';
import type { Failure, Start, Truth, WireMessage, WireOpenView } from '../wire.ts';

export type Panel = 'channel' | 'thread' | 'lab' | 'faults';

/** The pseudo channel that shows the app's Home tab. */
export const HOME = '@home';

export interface State {
  readonly start: Start | undefined;
  /** The id of the person acted as. */
  readonly me: string;
  readonly channel: string;
  readonly panel: Panel;
  /** The ts of the open thread's first message. */
  readonly thread: string | undefined;
  /** In the order of their ts. */
  readonly messages: readonly WireMessage[];
  readonly views: readonly WireOpenView[];
  readonly home: WireOpenView | null;
  readonly truth: Truth | undefined;
  readonly isConnected: boolean;
  readonly failure: Failure | undefined;
  /** What screen readers are told. */
  readonly announced: string;
}

let state: State = {
  start: undefined,
  me: sessionStorage.getItem('me') ?? 'U-OPERATOR',
  channel: 'C-MIGRATIONS',
  panel: 'lab',
  thread: undefined,
  messages: [],
  views: [],
  home: null,
  truth: undefined,
  isConnected: false,
  failure: undefined,
  announced: '',
};

const listeners = new Set<() => void>();

export const current = (): State => state;

export function change(part: Partial<State>): void {
  state = { ...state, ...part };
  for (const listener of [...listeners]) listener();
}

/** The part of the state that a component shows; it is drawn again when that part changes. */
export function useStore<T>(select: (state: State) => T): T {
  const [, draw] = useState({});
  const selected = select(state);
  useEffect(() => {
    let seen = selected;
    const listener = (): void => {
      const now = select(state);
      if (Object.is(now, seen)) return;
      seen = now;
      draw({});
    };
    listeners.add(listener);
    // It may have changed between drawing and listening.
    listener();
    return () => void listeners.delete(listener);
  }, [selected]);
  return selected;
}

export const nameOf = ({ start }: State, id: string): string => {
  if (id === start?.app.id) return start.app.name;
  if (id === 'USLACKBOT') return 'slackbot';
  return start?.people.find((person) => person.id === id)?.name ?? id;
};
