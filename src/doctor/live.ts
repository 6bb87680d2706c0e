/** The doctor's look at what live migration needs, of this host and of each pair with another one. */

import type { Finding } from '../domain/finding.ts';
import type { HostFacts } from '../domain/host.ts';
import { known, type ReachFacts, type Towards } from '../domain/hyperv.ts';
import { Problem } from '../domain/problem.ts';
import { hostFindings } from '../preflight/host-findings.ts';
import { towardsOf, withReach } from '../preflight/reach.ts';

const check = 'live';
const BUILD_OF_2016 = 14_393;
/** The other direction says the same as its own need. */
const OF_THE_WAY_BACK = /-back$/;

/** How the other hosts are asked, and the network. */
export interface LiveLook {
  /** Another host as this one sees it; absent where there is no network to look at. */
  readonly reach: (towards: Towards) => Promise<ReachFacts | undefined>;
  /** Another host's own account. */
  readonly factsOf: (host: string) => Promise<HostFacts>;
  /** How that one sees this. */
  readonly reachOf: (host: string, towards: Towards) => Promise<ReachFacts | undefined>;
}

/**
 * Both directions of each pair. Of a host without Windows (the lab's) there is nothing to say.
 * @param others names of the hosts that VMs could go to or come from
 */
export async function liveFindings(
  own: HostFacts,
  others: readonly string[],
  look: LiveLook,
): Promise<Finding[]> {
  if (!own.hyperv) return [];
  const pairs = await Promise.all(others.map((other) => pairOf(own, other, look)));
  const findings = pairs.flat();
  // Without an answer of another host, what this one lacks by itself must still be seen.
  const isSeen = findings.some(({ code }) => code === 'doctor-live-ok');
  return [...servedFindings(own), ...distinct(isSeen ? findings : [...alone(own), ...findings])];
}

const alone = (own: HostFacts): Finding[] =>
  hostFindings(own, own).map((finding) => ({
    ...finding,
    facts: { host: own.name, ...finding.facts },
  }));

/** Node does not run there: the worker that speaks is on a neighbour. */
function servedFindings({ name: host, hyperv }: HostFacts): Finding[] {
  const build = known(hyperv?.build) ?? BUILD_OF_2016;
  if (build >= BUILD_OF_2016) return [];
  return [{ check, severity: 'ok', code: 'doctor-live-served', facts: { host, build } }];
}

async function pairOf(own: HostFacts, other: string, look: LiveLook): Promise<Finding[]> {
  const asked = await orProblem(look.factsOf(other));
  if (asked instanceof Problem) {
    const { message = asked.facts.reason } = asked.facts;
    const why = message === undefined ? {} : { reason: message };
    const facts = { host: own.name, to: other, ...why };
    return [{ check, severity: 'unknown', code: 'doctor-live-unknown', facts }];
  }
  if (!asked.hyperv) return [];
  const [there, back] = [towardsOf(own, asked), towardsOf(asked, own)];
  const [seen, seenBack] = await Promise.all([
    there ? orProblem(look.reach(there)) : undefined,
    back ? orProblem(look.reachOf(other, back)) : undefined,
  ]);
  const one = withReach(own, seen instanceof Problem ? undefined : seen);
  const two = withReach(asked, seenBack instanceof Problem ? undefined : seenBack);
  return judged(one, two);
}

/** What is not well by itself, and in one line how much is. */
function judged(one: HostFacts, two: HostFacts): Finding[] {
  const all = [...hostFindings(one, two), ...hostFindings(two, one)];
  const [wrong, well] = [
    all.filter(({ severity, code }) => severity !== 'ok' && !OF_THE_WAY_BACK.test(code)),
    all.filter(({ severity }) => severity === 'ok'),
  ];
  const names = [one.name, two.name] as const;
  const facts = { checks: well.length };
  const ok: Finding = { check, severity: 'ok', code: 'doctor-live-ok', facts };
  return [...wrong, ok].map((finding) => between(names, finding));
}

/** Both hosts are named, the same way from both ends: a channel sees what is about its own hosts. */
function between(names: readonly [string, string], finding: Finding): Finding {
  const [first, second] = names.toSorted((a, b) => (a < b ? -1 : 1));
  const host = finding.facts.host ?? first ?? '';
  const to = host === first ? second : first;
  return { ...finding, facts: { host, to: to ?? '', ...finding.facts } };
}

/** The same thing found from both ends is one thing. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const keyed = findings.map((finding) => [keyOf(finding), finding] as const);
  // The first one keeps its place.
  return [...new Map(keyed.toReversed()).values()].toReversed();
}

const keyOf = ({ check: of, severity, code, facts }: Finding): string => {
  const sorted = Object.entries(facts)
    .map(([name, fact]) => [name, Array.isArray(fact) ? fact.toSorted() : fact] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([of, severity, code, sorted]);
};

async function orProblem<T>(answer: Promise<T>): Promise<T | Problem> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
