/** A ticket is a secret of one operation: who shows it may receive that operation's disks. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const TICKET_BYTES = 32;

export const newTicket = (): string => randomBytes(TICKET_BYTES).toString('base64url');

/** SHA-256 in hex: may be known to everyone. */
export const ticketHash = (ticket: string): string =>
  createHash('sha256').update(ticket).digest('hex');

/** The time that this takes tells nothing about the hash. */
export function ticketMatches(ticket: string, hash: string): boolean {
  const given = Buffer.from(ticketHash(ticket));
  const expected = Buffer.from(hash);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
