/** Who may talk to the page: only a browser that was given the URL, and only from the page itself. */

import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Secrets {
  readonly port: number;
  /** In the URL that the lab prints. */
  readonly token: string;
  /** In the cookie, so that the URL's token stays out of every later request. */
  readonly session: string;
}

/** Cookies do not tell ports apart, so the name does. */
export const cookieName = ({ port }: Secrets): string => `ferry-lab-${port}`;

export const cookieLine = (secrets: Secrets): string =>
  `${cookieName(secrets)}=${secrets.session}; HttpOnly; SameSite=Strict; Path=/`;

/** A name of this server that a foreign page cannot point its own name at (DNS rebinding). */
export const isOurHost = (host: string | undefined, port: number): boolean =>
  host === `127.0.0.1:${port}` || host === `localhost:${port}`;

/**
 * Browsers send Origin with every POST, and Sec-Fetch-Site with every request. What changes
 * something must have the right Origin; what only reads must not have a wrong one.
 */
export function isFromPage(headers: IncomingHttpHeaders, mustHaveOrigin: boolean): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (origin === undefined) return !mustHaveOrigin;
  return origin === `http://${host}`;
}

export function hasSession(headers: IncomingHttpHeaders, secrets: Secrets): boolean {
  const wanted = cookieName(secrets);
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim().split('='));
  return cookies.some(([name, value = '']) => name === wanted && isSame(value, secrets.session));
}

/** In a time that does not tell how much of it was right. */
export function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
