import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Subject } from '../../../src/preflight/check.ts';
import { runChecks } from '../../../src/preflight/checks.ts';
import { textsIn } from '../../../src/texts/catalogue.ts';
import { LANGUAGES } from '../../../src/texts/words.ts';
import { DENIED, LACKS, windowsSubject } from '../windows.ts';

/** Of the kinds that facts hold; some meet each other, some are nonsense. */
const TEXTS = [
  ...['', "O'Brien", 'hv-a', 'HV-B', 'cifs/hv-b', 'corp.example', 'D:', 'LAN', '$(calc)`"', '🙂'],
  ...['10.0.9.7/24', '10.0.9.0/24', '10.0.9.0/99', 'fd00::1/64', '::'],
];
const NUMBERS = [-1, 0, 1, 9200, 9600, 14_393, 26_100, 2 ** 53, Number.NaN, 1e300];
/** What a finding never says: a fact left out, a bug in a check. */
const WRONG = /undefined|\[object|the check itself failed/;
/** Words of a closed set. */
const KEPT = new Set(['type', 'state', 'authentication', 'format', 'place', 'media', 'mode']);

const isRead = (node: object): boolean => 'value' in node && Object.keys(node).length === 1;
const oneOf = <T>(list: readonly T[], choice: number): T | undefined => list[choice % list.length];

/** The facts with some nodes changed: a read refused, a list emptied or doubled, a word replaced. */
function changed(facts: unknown, choices: ReadonlyMap<number, number>) {
  let nodes = 0;
  const walk = (node: unknown): unknown => {
    nodes += 1;
    const choice = choices.get(nodes);
    if (Array.isArray(node)) return walkList(node, choice);
    if (typeof node === 'object' && node !== null) return walkFields(node, choice);
    if (choice === undefined) return node;
    if (typeof node === 'boolean') return !node;
    if (typeof node === 'number') return oneOf(NUMBERS, choice);
    return typeof node === 'string' ? oneOf(TEXTS, choice) : node;
  };
  const walkList = (list: readonly unknown[], choice: number | undefined): unknown[] => {
    const items = list.map(walk);
    if (choice === undefined) return items;
    return choice % 2 === 0 ? [] : [...items, ...items];
  };
  const walkFields = (node: object, choice: number | undefined): unknown => {
    if (isRead(node) && choice !== undefined) return choice % 2 === 0 ? DENIED : LACKS;
    const fields = Object.entries(node);
    return Object.fromEntries(
      fields.map(([name, field]) => [name, KEPT.has(name) ? field : walk(field)]),
    );
  };
  return { facts: walk(facts), nodes };
}

const { nodes: NODES } = changed(windowsSubject(), new Map());
const choices = fc.array(fc.tuple(fc.integer({ min: 1, max: NODES }), fc.nat(9999)), {
  maxLength: 60,
  size: 'max',
});

describe('whatever Windows says', () => {
  it.each(['live', 'stream'] as const)('no check of %s fails or says "undefined"', (method) => {
    fc.assert(
      fc.property(choices, fc.constantFrom('plan', 'recheck'), (hits, phase) => {
        const subject = changed(windowsSubject(), new Map(hits)).facts as Subject;
        const findings = runChecks(subject, { method, phase });
        const words = findings.flatMap((finding) =>
          LANGUAGES.map((language) => textsIn(language)(finding)),
        );
        const said = [...words, ...findings.map(({ facts }) => facts)];
        const wrong = said.map((one) => JSON.stringify(one)).filter((one) => WRONG.test(one));
        expect(wrong).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('the facts can be changed nearly everywhere', () => {
    const facts = windowsSubject();
    const before = JSON.stringify(facts);
    const isChanged = (node: number) =>
      JSON.stringify(changed(facts, new Map([[node, 1]])).facts) !== before;
    const nodes = Array.from({ length: NODES }, (_, index) => index + 1);
    expect(nodes.filter(isChanged).length).toBeGreaterThan(300);
    expect(isChanged(NODES + 1)).toBe(false);
  });
});
