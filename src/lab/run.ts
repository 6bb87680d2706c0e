/** A lab from its start to its end: what the newcomer's first command does. */

import { setTimeout as pause } from 'node:timers/promises';
import { openedOf } from '../domain/journal.ts';
import { check } from './checker.ts';
import { type End, type Fault, faultAt } from './faults.ts';
import { clearHolds } from './holds.ts';
import { HOSTS, type Lab, startLab } from './machine.ts';
import { type LabPage, startLabPage } from './page/page-server.ts';
import { type DiskDigests, digestsOf, reportLines } from './report.ts';
import { type Asked, ask, type Ended, enrolHosts, openLabDesk } from './session.ts';
import { followTranscript } from './slack/transcript.ts';
import {
  wrongWith,
  wrongWithCopy,
  wrongWithDigests,
  wrongWithSource,
  wrongWithTarget,
} from './verdict.ts';

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
  const { directory, storeUrl, fault, print, leaving } = options;
  const left = new AbortController();
  void leaving.then(() => left.abort());
  print(`Starting a lab in ${directory}: store, Slack stand-in, bot, two hosts and their VMs.`);
  await clearHolds(directory);
  const lab = await startLab({
    directory,
    ...(storeUrl ? { storeUrl } : {}),
    ...(fault?.env ? { workerEnv: fault.env } : {}),
  });
  let page: LabPage | undefined;
  try {
    const code = await shown(lab, left.signal, async () => {
      await enrolHosts(lab);
      if (!options.exit) {
        page = await startLabPage(lab);
        print(`Open it in a browser: ${page.url}`);
      }
      await fault?.before?.(lab, vmIn(options.say ?? ''));
      return options.say ? await oneRequest(lab, options, left.signal) : NOTHING_ASKED;
    });
    for (const line of code.lines) print(line);
    if (options.exit || left.signal.aborted) return code.exitCode;
    print(`The lab runs in ${lab.directory}: ${HOSTS.join(' and ')}. Ctrl-C ends it.`);
    await shown(lab, left.signal, () => leaving);
    return code.exitCode;
  } finally {
    await page?.close();
    await lab.stop();
  }
}

interface Outcome {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

const NOTHING_ASKED: Outcome = { exitCode: 0, lines: [] };

/** Prints the channel while something happens; its last edits come before what is printed next. */
async function shown<T>(lab: Lab, left: AbortSignal, act: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const signal = AbortSignal.any([left, ended.signal]);
  const transcript = followTranscript(lab.slack, process.stdout, { from: 'now', signal });
  // Heard below, where it is awaited; until then it must not end the lab unannounced.
  transcript.catch(() => undefined);
  try {
    return await act();
  } finally {
    ended.abort();
    await transcript;
  }
}

async function oneRequest(lab: Lab, options: LabRun, signal: AbortSignal): Promise<Outcome> {
  const { say = '', approve, fault } = options;
  const asked = { say, approve, secondsMax: SECONDS_MAX, signal };
  const judged = await requestWith(lab, fault, asked);
  if (judged === undefined) return { exitCode: 1, lines: [] };
  const { lines, wrong } = judged;
  if (wrong.length > 0) {
    return { exitCode: 1, lines: [...lines, ...wrong.map((one) => `Wrong: ${one}.`)] };
  }
  const good = fault?.ends ?? `${vmIn(say)} runs on ${hostIn(say)} alone, nothing is lost`;
  return { exitCode: 0, lines: [...lines, `As it should be: ${good}.`] };
}

export interface Judged {
  readonly lines: readonly string[];
  /** What the checker found that should not be. */
  readonly wrong: readonly string[];
}

/** One request during which the fault happens, and what came of it; nothing when a person left. */
export async function requestWith(
  lab: Lab,
  fault: Fault | undefined,
  asked: Omit<Asked, 'onLook' | 'isOver'>,
): Promise<Judged | undefined> {
  const vm = vmIn(asked.say);
  const end = fault?.end ?? 'migrated';
  const ended = await ask(lab, {
    ...asked,
    ...(fault ? { onLook: faultAt(fault, lab, vm) } : {}),
    ...(fault?.isOver
      ? { isOver: async (seen) => (await fault.isOver?.(seen, lab)) ?? false }
      : {}),
  });
  if (asked.signal?.aborted) return undefined;
  const judged = await afterwards(lab, ended, fault);
  // The last edits of the channel belong to the transcript.
  await pause(1500);
  const { lines, wrong } = await verdict(lab, judged, { end, vm });
  if (fault?.keepsCopy) wrong.push(...(await wrongWithCopy(lab.directory, vm, 'hv-b')));
  return { lines, wrong };
}

async function afterwards(lab: Lab, ended: Ended, fault: Fault | undefined): Promise<Ended> {
  const { operation } = ended;
  if (!fault?.after || !operation) return ended;
  const judged = (await fault.after(lab, operation)) ?? ended;
  await untilClosed(lab, judged.operation ?? operation);
  return judged;
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

const hostIn = (say: string): string => /\sto\s+"?([^\s"]+)/i.exec(say)?.[1] ?? 'hv-b';

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
