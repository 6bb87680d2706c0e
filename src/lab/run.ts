/** A lab from its start to its end: what the newcomer's first command does. */

import { setTimeout as pause } from 'node:timers/promises';
import { openedOf } from '../domain/journal.ts';
import { check } from './checker.ts';
import { type End, type Fault, faultAt } from './faults.ts';
import { clearHolds } from './holds.ts';
import { HOSTS, type Lab, startLab } from './machine.ts';
import { type DiskDigests, digestsOf, reportLines } from './report.ts';
import { ask, type Ended, enrolHosts, openLabDesk } from './session.ts';
import { followTranscript } from './slack/transcript.ts';
import { wrongWith, wrongWithDigests, wrongWithSource, wrongWithTarget } from './verdict.ts';

const SECONDS_MAX = 180;
const CLEAN_UP_SECONDS_MAX = 60;
const DEFAULT_VM = 'dc02';
const LOOK_SECONDS = 0.2;

export interface LabRun {
  readonly directory: string;
  readonly storeUrl?: string | undefined;
  readonly say?: string;
  readonly approve: boolean;
  readonly exit: boolean;
  readonly fault?: Fault;
  /** Resolves when a person wants to leave. */
  readonly leaving: Promise<void>;
  readonly print: (line: string) => void;
}

/** The exit code: 0 when all ended as it should. */
export async function runLab(options: LabRun): Promise<number> {
  const { directory, storeUrl, fault, print } = options;
  await clearHolds(directory);
  const lab = await startLab({
    directory,
    ...(storeUrl ? { storeUrl } : {}),
    ...(fault?.env ? { workerEnv: fault.env } : {}),
  });
  const ended = new AbortController();
  void options.leaving.then(() => ended.abort());
  const transcript = followTranscript(lab.slack, process.stdout, {
    from: 'now',
    signal: ended.signal,
  });
  try {
    await enrolHosts(lab);
    await fault?.before?.(lab);
    const code = options.say ? await oneRequest(lab, options, ended.signal) : 0;
    if (!options.exit) {
      print(`The lab runs in ${lab.directory}: ${HOSTS.join(' and ')}. Ctrl-C ends it.`);
      await options.leaving;
    }
    return code;
  } finally {
    ended.abort();
    await transcript;
    await lab.stop();
  }
}

async function oneRequest(lab: Lab, options: LabRun, signal: AbortSignal): Promise<number> {
  const { say = '', approve, fault, print } = options;
  const vm = vmIn(say);
  const end = fault?.end ?? 'migrated';
  const ended = await ask(lab, {
    say,
    approve,
    secondsMax: SECONDS_MAX,
    signal,
    ...(fault ? { onLook: faultAt(fault, lab, vm) } : {}),
    ...(fault?.isOver
      ? { isOver: async (seen) => (await fault.isOver?.(seen, lab)) ?? false }
      : {}),
  });
  if (signal.aborted) return 1;
  const { operation } = ended;
  if (fault?.after && operation) {
    await fault.after(lab, operation);
    await untilClosed(lab, operation);
  }
  // The last edits of the channel belong to the transcript.
  await pause(1500);
  const { lines, wrong } = await verdict(lab, ended, { end, vm });
  for (const line of lines) print(line);
  if (wrong.length === 0) {
    print(`As it should be: ${fault?.ends ?? `${vm} runs on hv-b alone, nothing is lost`}.`);
    return 0;
  }
  for (const one of wrong) print(`Wrong: ${one}.`);
  return 1;
}

async function untilClosed(lab: Lab, operation: string): Promise<void> {
  await using desk = await openLabDesk(lab);
  const until = Date.now() + CLEAN_UP_SECONDS_MAX * 1000;
  while (Date.now() < until) {
    const entries = await desk.store.read(operation);
    if (entries.some(({ body }) => body.kind === 'closed')) return;
    await pause(LOOK_SECONDS * 1000);
  }
}

/** `dc02` of `/migrate dc02 to hv-b`; only to know which VM the checker is asked about. */
const vmIn = (say: string): string =>
  /^\/migrate\s+"?([^\s"]+)"?\s+to\s/i.exec(say)?.[1] ?? DEFAULT_VM;

async function verdict(
  lab: Lab,
  { seen, left: why }: Ended,
  { end, vm }: { end: End; vm: string },
): Promise<{ lines: string[]; wrong: string[] }> {
  const report = await check(lab.directory);
  const mine = report.vms.find(({ name }) => name === vm);
  const entries = seen?.entries ?? [];
  const moved = end === 'migrated' && seen?.state.closed === 'migrated';
  const digests: DiskDigests[] = moved ? await digestsOf(entries) : [];
  const lines = entries.length > 0 ? reportLines(entries, mine, digests) : [];
  const reasons = why ? [why] : [];
  switch (end) {
    case 'migrated': {
      const target = seen ? openedOf(entries).plan.target : 'hv-b';
      const host = target === 'hv-a' ? 'hv-a' : 'hv-b';
      const wrong = [...wrongWith(report, vm, host), ...wrongWithTarget(report, vm, host)];
      return { lines, wrong: [...reasons, ...wrong, ...wrongWithDigests(digests)] };
    }
    case 'rolled back': {
      const wrong = [...wrongWith(report, vm, 'hv-a'), ...wrongWithSource(report, vm, 'hv-a')];
      return { lines, wrong: [...reasons, ...wrong] };
    }
    case 'asks':
      return { lines, wrong: [...reasons, ...wrongWith(report, vm, 'hv-a')] };
    case 'records lost': {
      const found = (mine?.lost ?? 0) > 0;
      return { lines, wrong: found ? reasons : [...reasons, 'the checker found nothing lost'] };
    }
  }
}
