/** The modals and Home tabs that people have open: in memory, gone with the process as in a client. */

import { randomBytes } from 'node:crypto';
import { stateOf } from './elements.ts';
import { Refusal } from './refusal.ts';
import type { OpenView, StateValues, View } from './view.ts';
import { viewOf } from './view-rules.ts';

const STACK_MAX = 3;

export interface Kept extends OpenView {
  readonly userId: string;
  /** The first view of its stack. */
  readonly rootId: string;
  readonly previousId: string | null;
}

/** Which view an app means, and the state of it that the app last saw. */
export interface Wanted {
  readonly viewId?: string | undefined;
  readonly externalId?: string | undefined;
  readonly hash?: string | undefined;
}

export class Views {
  /** By user id, the view on top last. */
  readonly #stacks = new Map<string, readonly Kept[]>();
  readonly #homes = new Map<string, Kept>();
  readonly #changed: (userId: string) => void;

  constructor(changed: (userId: string) => void) {
    this.#changed = changed;
  }

  stackOf(userId: string): readonly Kept[] {
    return this.#stacks.get(userId) ?? [];
  }

  homeOf(userId: string): Kept | undefined {
    return this.#homes.get(userId);
  }

  find(viewId: string): Kept | undefined {
    return this.#all().find((kept) => kept.viewId === viewId);
  }

  /** A new stack; what the person had open is gone. @throws Refusal */
  open(userId: string, argument: unknown): Kept {
    const kept = this.#made(userId, viewOf(argument, 'modal'));
    this.#setStack(userId, [kept]);
    return kept;
  }

  /** On top of what the person has open. @throws Refusal `push_limit_reached`, … */
  push(userId: string, argument: unknown): Kept {
    const stack = this.stackOf(userId);
    const top = stack.at(-1);
    if (!top) throw new Refusal('invalid_trigger_id');
    if (stack.length >= STACK_MAX) throw new Refusal('push_limit_reached');
    const kept = this.#made(userId, viewOf(argument, 'modal'));
    const pushed = { ...kept, rootId: top.rootId, previousId: top.viewId };
    this.#setStack(userId, [...stack, pushed]);
    return pushed;
  }

  /** Keeps what was filled in. @throws Refusal `not_found`, `hash_conflict`, … */
  update({ viewId, externalId, hash }: Wanted, argument: unknown): Kept {
    const found = this.#all().find((kept) =>
      viewId === undefined
        ? externalId !== undefined && kept.view.external_id === externalId
        : kept.viewId === viewId,
    );
    if (!found) throw new Refusal('not_found');
    requireHash(found, hash);
    const view = viewOf(argument, found.view.type);
    this.#requireNewExternalId(view.external_id, found.viewId);
    return this.#replace({
      ...found,
      view: { ...view, hash: newHash() },
      values: stateOf(view.blocks, found.values),
    });
  }

  /** @throws Refusal `hash_conflict`, … */
  publish(userId: string, argument: unknown, hash: string | undefined): Kept {
    const before = this.#homes.get(userId);
    if (before) requireHash(before, hash);
    const kept = this.#made(userId, viewOf(argument, 'home'), before);
    this.#homes.set(userId, kept);
    this.#changed(userId);
    return kept;
  }

  fillIn(kept: Kept, values: StateValues): Kept {
    return this.#replace({ ...kept, values });
  }

  /** Closes the view and what is above it; the whole stack when it is told so. */
  close({ userId, viewId }: Kept, { isAll = false } = {}): readonly Kept[] {
    const stack = this.stackOf(userId);
    const index = isAll ? 0 : stack.findIndex((kept) => kept.viewId === viewId);
    if (index < 0) return [];
    this.#setStack(userId, stack.slice(0, index));
    return stack.slice(index);
  }

  #all(): Kept[] {
    return [...[...this.#stacks.values()].flat(), ...this.#homes.values()];
  }

  #made(userId: string, view: Omit<View, 'hash'>, before?: Kept): Kept {
    this.#requireNewExternalId(view.external_id, before?.viewId);
    const viewId = before?.viewId ?? `V${randomBytes(5).toString('hex').toUpperCase()}`;
    return {
      viewId,
      userId,
      rootId: viewId,
      previousId: null,
      view: { ...view, hash: newHash() },
      values: stateOf(view.blocks, before?.values),
    };
  }

  #requireNewExternalId(externalId: string, ownViewId: string | undefined): void {
    const taken = this.#all().some(
      ({ view, viewId }) => view.external_id === externalId && viewId !== ownViewId,
    );
    if (externalId !== '' && taken) throw new Refusal('duplicate_external_id');
  }

  #replace(kept: Kept): Kept {
    const replaced = (one: Kept) => (one.viewId === kept.viewId ? kept : one);
    if (kept.view.type === 'home') this.#homes.set(kept.userId, kept);
    else this.#stacks.set(kept.userId, this.stackOf(kept.userId).map(replaced));
    this.#changed(kept.userId);
    return kept;
  }

  #setStack(userId: string, stack: readonly Kept[]): void {
    this.#stacks.set(userId, stack);
    this.#changed(userId);
  }
}

function requireHash({ view }: Kept, hash: string | undefined): void {
  if (hash !== undefined && hash !== view.hash) throw new Refusal('hash_conflict');
}

/** Shaped like Slack's: the second, and a mark that is never the same again. */
const newHash = (): string => `${Math.floor(Date.now() / 1_000)}.${randomBytes(4).toString('hex')}`;
