/** Log lines on stderr, one an event: stdout belongs to what a process answers. */

import { destination, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const openLog = (name: string, level: string): Logger =>
  pino({ name, level, base: { process: name } }, destination({ fd: 2, sync: true }));
