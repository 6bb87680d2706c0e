/** Log lines on stderr, one an event: stdout belongs to what a process answers. */

import { destination, type Logger, multistream, pino } from 'pino';

export type { Logger } from 'pino';

/** `also` gets the same lines, for whoever wants to see the newest of them. */
export function openLog(name: string, level: string, also?: { write(line: string): void }): Logger {
  const options = { name, level, base: { process: name } };
  const out = destination({ fd: 2, sync: true });
  if (!also) return pino(options, out);
  // The level is decided once, above: each stream takes what comes.
  const streams = [out, also].map((stream) => ({ stream, level: 'trace' as const }));
  return pino(options, multistream(streams));
}
