/** A plan in words: what will happen, what that is estimated from, what people approve. Escaped. */

import { canonicalJson, type Plan, staysOff } from '../../domain/plan.ts';
import { utcText } from '../../texts/amounts.ts';
import type { Words } from '../../texts/words.ts';
import type { Estimate } from '../operation-view.ts';
import { cut, escaped, named } from './blocks.ts';
import { liveSentences, liveValues } from './live-lines.ts';

const VALUE_CHARS_MAX = 240;
const LINE_CHARS_MAX = 600;
const WHY_CHARS_MAX = 300;

/** A plan's names, cut to what a name may be. */
const namesOf = ({ vm, source, target }: Plan) => ({
  vm: named(vm.name),
  source: named(source),
  target: named(target),
});

/** Numbered sentences: what happens, in its order, and what stays. */
export function stepLines(plan: Plan, estimate: Estimate | undefined, words: Words): string[] {
  const sentences = plan.live
    ? liveSentences(plan, plan.live, words)
    : copySentences(plan, estimate, words);
  return sentences.map((said, index) => cut(`${index + 1}. ${escaped(said)}`, LINE_CHARS_MAX));
}

function copySentences(plan: Plan, estimate: Estimate | undefined, words: Words): string[] {
  const { bytesPerSecondMax } = plan;
  const step = {
    ...namesOf(plan),
    disks: plan.disks.length,
    virtualBytes: plan.disks.reduce((sum, disk) => sum + disk.virtualBytes, 0),
    volume: named(plan.volume),
    subnet: named(plan.migrationSubnet),
    pauseSecondsMax: plan.pauseSecondsMax,
    ...(bytesPerSecondMax === undefined ? {} : { bytesPerSecondMax }),
    ...(estimate
      ? {
          usedBytes: estimate.bytesToCopy,
          seconds: estimate.secondsToCopy,
          pauseSeconds: estimate.pauseSeconds,
        }
      : {}),
  };
  const steps = staysOff(plan) ? words.off.steps : words.plan.steps;
  return steps.map((say) => say(step));
}

/** What the figures are based on. A link that was not measured says so, with the reason. */
export function estimateLine(plan: Plan, estimate: Estimate | undefined, words: Words): string {
  const say = words.plan.estimate;
  if (!estimate) return escaped(say.none);
  const { rateFrom, pauseFrom, bytesPerSecond, measuredBytesPerSecond, notMeasured } = estimate;
  const names = namesOf(plan);
  const nominal = say.nominal(estimate.nominalBitsPerSecond);
  const link =
    measuredBytesPerSecond === undefined ? say.notMeasured : say.measured(measuredBytesPerSecond);
  const why = notMeasured ? [cut(say.why(words.textOf(notMeasured).text), WHY_CHARS_MAX)] : [];
  const sentences = [
    say.rate[rateFrom](bytesPerSecond, names),
    `${link}; ${nominal}.`,
    ...why,
    ...(plan.method === 'live' || staysOff(plan) ? [] : [say.pause[pauseFrom](names)]),
  ];
  return sentences.map(escaped).join(' ');
}

type Bound = keyof Plan;

/** Each part of a plan in words: a part that is added must find its words here. */
const VALUES: Readonly<Record<Bound, (plan: Plan, words: Words['plan']) => string>> = {
  vm: ({ vm }) => named(vm.name),
  source: ({ source }) => named(source),
  target: ({ target }) => named(target),
  method: (plan, { value }) => {
    const method = staysOff(plan) ? value.methodOff : value.method[plan.method];
    return plan.because ? value.methodBecause(method, value.because[plan.because]) : method;
  },
  because: ({ because }, { value }) => (because ? value.because[because] : value.none),
  disks: ({ disks }, { value }) =>
    value.list(disks.map((disk) => value.disk(disk.id, disk.targetPath, disk.virtualBytes))),
  networks: ({ networks }, { value }) =>
    value.list(networks.map((one) => value.network(named(one.adapter), named(one.switch)))),
  migrationSubnet: ({ migrationSubnet }) => named(migrationSubnet),
  volume: ({ volume }) => named(volume),
  bytesPerSecondMax: ({ bytesPerSecondMax: rate }, { value }) =>
    rate === undefined ? value.none : value.rate(rate),
  stop: ({ stop }, { value }) => value.stop[stop],
  pauseSecondsMax: ({ pauseSecondsMax }, { value }) => value.seconds(pauseSecondsMax),
  startAt: ({ startAt }, { value }) => (startAt === undefined ? value.none : utcText(startAt)),
  cutoverAt: ({ cutoverAt }, { value }) =>
    cutoverAt === undefined ? value.none : utcText(cutoverAt),
  windows: ({ windows = [] }, { value }) => value.list(windows.map(value.window)),
  base: ({ base }, { value }) => (base ? value.base(base) : value.none),
  bytesOnTargetMax: ({ bytesOnTargetMax }, { value }) => value.bytes(bytesOnTargetMax),
  secondsMax: ({ secondsMax }, { value }) => value.seconds(secondsMax),
  memoryStartupBytes: ({ memoryStartupBytes }, { value }) => value.bytes(memoryStartupBytes),
  startAction: ({ startAction }, { value }) => value.startAction[startAction],
  configuration: ({ configuration }) => configuration,
  domainController: ({ domainController }, { value }) =>
    domainController ? value.yes : value.none,
  live: ({ live }, words) => (live ? words.value.list(liveValues(live, words)) : words.value.none),
  acknowledged: ({ acknowledged }, { value }) => value.list(acknowledged),
};

/** What can be too much for people; the rest of the plan follows from the VM and its hosts. */
const SHOWN: readonly Bound[] = [
  'method',
  'volume',
  'bytesPerSecondMax',
  'stop',
  'pauseSecondsMax',
  'startAt',
  'cutoverAt',
  'windows',
  'base',
  'bytesOnTargetMax',
  'secondsMax',
  'networks',
  'startAction',
  'live',
  'acknowledged',
];

/** A live move has no pause of ours and no copy; who moves what is said instead. */
const NOT_LIVE: readonly Bound[] = ['pauseSecondsMax', 'bytesOnTargetMax', 'startAction'];

const NOT_OFF: readonly Bound[] = ['pauseSecondsMax'];

/** What an approval accepts. A limit is named only where one was asked for. */
export function boundLines(plan: Plan, words: Words): string[] {
  const left = plan.method === 'live' ? NOT_LIVE : staysOff(plan) ? NOT_OFF : [];
  return SHOWN.filter((key) => plan[key] !== undefined && !left.includes(key)).map(
    (key) => `• ${escaped(`${words.plan.bound[key]}: ${valueText(key, plan, words)}`)}`,
  );
}

/** What differs between the plan that was approved and the one that is asked for now. */
export function differenceLines(before: Plan, now: Plan, words: Words): string[] {
  const all = Object.keys(VALUES) as Bound[];
  return all
    .filter((key) => canonicalJson(before[key]) !== canonicalJson(now[key]))
    .map((key) => `• ${escaped(changeText(key, { before, now }, words))}`);
}

function changeText(key: Bound, plans: { before: Plan; now: Plan }, words: Words): string {
  const { bound, change, value } = words.plan;
  if (key === 'configuration') return change(bound[key], value.before, value.now);
  const [before, now] = [plans.before, plans.now].map((plan) => valueText(key, plan, words));
  if (before !== now) return change(bound[key], before ?? '', now ?? '');
  // Rounded they look the same, and people must see that they are not.
  const exact = (plan: Plan) => cut(canonicalJson(plan[key]), VALUE_CHARS_MAX);
  return change(bound[key], exact(plans.before), exact(plans.now));
}

const valueText = (key: Bound, plan: Plan, words: Words): string =>
  cut(VALUES[key](plan, words.plan), VALUE_CHARS_MAX);
