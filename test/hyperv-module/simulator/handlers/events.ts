/** Get-WinEvent: the management service's log of a host, facts C #45 and D.4. */

import { z } from 'zod';
import { type Call, failure, type Handler, type Handlers, say } from '../call.ts';
import { MERGE } from '../event-log.ts';
import type { LoggedEvent } from '../kept.ts';
import type { MessageKey } from '../messages.ts';
import { type DoubleObject, date, type WindowsError } from '../wire.ts';

const LOG = 'Microsoft-Windows-Hyper-V-VMMS-Admin';
/** Of Windows' log; this double writes nothing into the others. */
const OTHER_LOGS = /^(Microsoft-Windows-Hyper-V-[\w-]+|System|Application|Security)$/i;

const timeSchema = z.object({ $date: z.iso.datetime({ offset: true }) });
const several = <T extends z.ZodType>(one: T) =>
  z.union([one.transform((each) => [each]), z.array(one)]);
/** What else there is, Windows' module does not know either, or the double does not. */
const filterSchema = z.strictObject({
  logname: several(z.string()).optional(),
  providername: several(z.string()).optional(),
  id: several(z.coerce.number()).optional(),
  level: several(z.coerce.number()).optional(),
  starttime: timeSchema.optional(),
  endtime: timeSchema.optional(),
});
type Filter = z.infer<typeof filterSchema>;

const PROVIDER = 'Microsoft-Windows-Hyper-V-VMMS';

const getEvents: Handler = (call) => {
  const { parameters, world, host } = call;
  const filters = filtersOf(call);
  const named = filters.flatMap(({ logname = [] }) => logname);
  for (const log of named) {
    if (!OTHER_LOGS.test(log)) throw none(call, 'no-log', { log });
  }
  const isNewestFirst = !parameters.flag('Oldest');
  const found = world.log
    .of(host.name)
    .filter((event) => filters.some((filter) => isMeant(event, filter)))
    .toSorted((a, b) => (isNewestFirst ? b.record - a.record : a.record - b.record))
    .slice(0, parameters.number('MaxEvents') ?? Number.POSITIVE_INFINITY);
  if (found.length === 0) throw none(call, 'no-events', {});
  return found.map((event) => shown(call, event));
};

function filtersOf({ parameters }: Call): Filter[] {
  const logs = parameters.texts('LogName');
  if (logs.length > 0) return [{ logname: logs }];
  return parameters.list('FilterHashtable').map((given) => {
    const table = given as Record<string, unknown>;
    const lower = Object.entries(table).map(([name, value]) => [name.toLowerCase(), value]);
    return filterSchema.parse(Object.fromEntries(lower));
  });
}

function isMeant(event: LoggedEvent, filter: Filter): boolean {
  const has = <T>(wanted: readonly T[] | undefined, value: T) =>
    wanted === undefined || wanted.includes(value);
  const { logname, providername, starttime, endtime } = filter;
  return (
    (logname === undefined || logname.some((each) => each.toLowerCase() === LOG.toLowerCase())) &&
    has(providername, PROVIDER) &&
    has(filter.id, event.id) &&
    has(filter.level, event.level) &&
    (starttime === undefined || event.at >= Date.parse(starttime.$date)) &&
    (endtime === undefined || event.at <= Date.parse(endtime.$date))
  );
}

const MESSAGES: Readonly<Record<number, MessageKey>> = {
  [MERGE.started]: 'merge-started',
  [MERGE.finished]: 'merge-finished',
  [MERGE.interrupted]: 'merge-interrupted',
  [MERGE.failed]: 'merge-failed',
};
const NAMES: Readonly<Record<number, string>> = { 2: 'Error', 3: 'Warning', 4: 'Information' };

/** `Properties` are VmName and VmId, and of a failure its message and code. */
function shown(call: Call, event: LoggedEvent): DoubleObject {
  const id = event.vmId.toUpperCase();
  const key = MESSAGES[event.id];
  const code = `0x${((event.hresult ?? 0) >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
  const facts = { vm: event.vmName, id, code };
  const failed = event.hresult === undefined ? [] : [`%%${event.hresult >>> 0}`, code];
  return {
    $type: 'EventLogRecord',
    Id: event.id,
    LogName: LOG,
    ProviderName: PROVIDER,
    Level: event.level,
    LevelDisplayName: NAMES[event.level],
    TimeCreated: date(event.at),
    Message: key === undefined ? '' : say(call, key, facts),
    MachineName: call.host.overlay.fullName,
    RecordId: event.record,
    UserId: 'S-1-5-18',
    Properties: [event.vmName, id, ...failed].map((Value) => ({ $type: 'EventProperty', Value })),
  };
}

const none = (
  call: Call,
  key: 'no-events' | 'no-log',
  facts: Readonly<Record<string, string>>,
): WindowsError =>
  failure(call, key, {
    facts,
    errorId: `${key === 'no-log' ? 'NoMatchingLogsFound' : 'NoMatchingEventsFound'},Microsoft.PowerShell.Commands.GetWinEventCommand`,
    category: 'ObjectNotFound',
    terminating: false,
  });

export const eventHandlers: Handlers = { 'Get-WinEvent': getEvents };
