/** Opens the store that a URL names. */

import { Problem } from '../domain/problem.ts';
import { openPostgresStore, POSTGRES_SETTINGS } from './postgres/open.ts';
import { openRedisStore, REDIS_SETTINGS } from './redis/open.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** Redis key prefix or PostgreSQL schema; tests use one each. */
  readonly namespace?: string;
}

/** What a driver is given. */
export interface StoreAddress {
  readonly url: string;
  /** The URL without user and password, for people. */
  readonly shown: string;
  readonly namespace: string;
}

/** It becomes part of SQL, so that it must be a plain identifier. */
const NAMESPACE = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Connects and checks that the store keeps what it acknowledges. The embedded store is reached as
 * `postgres://…` too.
 * @throws Problem `store-url-invalid`, `store-unreachable`, `redis-not-durable`,
 * `redis-settings-hidden`, `postgres-not-durable`, `store-refused`.
 */
export async function openStore(
  url: string,
  { namespace = 'ferry' }: StoreOptions = {},
): Promise<Store> {
  if (!NAMESPACE.test(namespace)) throw new Error(`Not a namespace: ${namespace}`);
  const { kind, shown } = storeAt(url);
  const address = { url, shown, namespace };
  return kind === 'Redis' ? openRedisStore(address) : openPostgresStore(address);
}

/** What a URL names, for people. A store that `openStore` opened has these settings. */
export interface StoreAt {
  readonly kind: 'Redis' | 'PostgreSQL';
  /** The URL without user and password. */
  readonly shown: string;
  readonly settings: readonly string[];
}

/** @throws Problem `store-url-invalid` */
export function storeAt(url: string): StoreAt {
  if (!URL.canParse(url)) throw new Problem('store-url-invalid', { scheme: 'none' });
  const { protocol, host, pathname } = new URL(url);
  const shown = `${protocol}//${host}${pathname}`;
  switch (protocol) {
    case 'redis:':
    case 'rediss:': {
      const settings = Object.entries(REDIS_SETTINGS).map((setting) => setting.join(' '));
      return { kind: 'Redis', shown, settings };
    }
    case 'postgres:':
    case 'postgresql:':
      return { kind: 'PostgreSQL', shown, settings: POSTGRES_SETTINGS.map((one) => `${one} on`) };
    default:
      throw new Problem('store-url-invalid', { scheme: protocol });
  }
}
