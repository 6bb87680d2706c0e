/** What no real host has shown, as plans name it and as the page about it has it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { needsAdministrator } from '../../src/domain/approvers.ts';
import { CLAIMS, SHOWN } from '../../src/domain/proven.ts';
import { unprovenOf } from '../../src/preflight/checks/unproven.ts';
import { runChecks } from '../../src/preflight/checks.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { textsIn } from '../../src/texts/catalogue.ts';
import { LANGUAGES } from '../../src/texts/words.ts';
import { subjectOf } from './facts.ts';
import { hyperVVm, value, windowsSubject } from './windows.ts';

const STREAM = { method: 'stream', phase: 'plan' } as const;
const [adapter] = hyperVVm().adapters;
if (!adapter) throw new Error('The healthy VM has an adapter');
const statically = { adapters: [{ ...adapter, dynamicMac: false }] };
const trusted = { security: value({ tpm: true, shielded: false, guardians: value(['AA']) }) };

describe('what no real host has shown', () => {
  it('is named by what this VM has', () => {
    const all = ['recovery-checkpoints', 'fence-by-rename', 'import-without-snapshots'];
    const of = (changes: Parameters<typeof windowsSubject>[0]) =>
      unprovenOf(windowsSubject(changes).vm, {});
    expect(of({ vm: statically })).toEqual(all);
    expect(of({})).toEqual([...all, 'dynamic-mac']);
    expect(of({ vm: { ...statically, ...trusted } })).toEqual([...all, 'virtual-tpm']);
    expect(of({ vm: statically, vmItself: { state: 'Off' } })).toEqual(all.slice(1));
    expect(unprovenOf(subjectOf().vm, {})).toEqual([]);
  });

  it('is named no more once a host has shown it', () => {
    const { vm } = windowsSubject();
    const shown = { 'dynamic-mac': 'Windows Server 2022, 2027-01-31' };
    expect(unprovenOf(vm, shown)).not.toContain('dynamic-mac');
    expect(unprovenOf(vm, Object.fromEntries(CLAIMS.map((claim) => [claim, 'yes'])))).toEqual([]);
  });

  it('is accepted with the plan of a stream, for which an administrator is needed', () => {
    const planOf = (subject = windowsSubject()) =>
      makePlan(subject, { findings: runChecks(subject, STREAM), method: 'stream' }).plan;
    expect(planOf().acknowledged).toEqual(['unproven']);
    expect(needsAdministrator(planOf())).toBe(true);
    const simulated = planOf(subjectOf());
    expect([simulated.acknowledged, needsAdministrator(simulated)]).toEqual([[], false]);
    const live = runChecks(windowsSubject(), { method: 'live', phase: 'plan' });
    expect(live.map(({ check }) => check)).not.toContain('unproven');
  });

  it.each(LANGUAGES)('has words for each in %s', (language) => {
    const said = CLAIMS.map(
      (claim) =>
        textsIn(language)({ code: 'unproven', facts: { vm: 'dc02', claims: [claim] } }).text,
    );
    expect(new Set(said).size).toBe(CLAIMS.length);
    for (const claim of CLAIMS) expect(said.join(' ')).not.toContain(claim);
  });
});

describe('docs/hyper-v-unverified.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/hyper-v-unverified.md'), 'utf8');
  const section = page
    .split('## What a plan of `stream` asks an administrator for\n')[1]
    ?.split('\n## ')[0];
  const rows = [...(section ?? '').matchAll(/^\| `([a-z-]+)` \|.* \| (.*) \|$/gm)];

  it('has each, and says the same of who has shown it as the code', () => {
    expect(rows.map(([, claim]) => claim)).toEqual([...CLAIMS]);
    expect(rows.map(([, , by]) => by)).toEqual(
      CLAIMS.map((claim) => SHOWN[claim] ?? 'no real host yet'),
    );
  });
});
