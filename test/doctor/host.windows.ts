/** The doctor's look at two hosts, by the scripts themselves in a real PowerShell with doubles of Windows. */

import { expect, it } from '@jest/globals';
import { type LiveLook, liveFindings } from '../../src/doctor/live.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { known } from '../../src/domain/hyperv.ts';
import { inventory } from '../hosts/hyperv/inventory-fixture.ts';
import { requireTool } from '../tools.ts';
import { told } from './words.ts';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  it('finds what two hosts say of themselves and of each other, with nothing left unread', async () => {
    await using windows = await inventory(pwsh, [
      { name: 'hv-a', profile: '2022' },
      { name: 'hv-b', profile: '2022' },
    ]);
    const [a, b] = [await windows.open('hv-a'), await windows.open('hv-b')];
    const look: LiveLook = {
      reach: async (towards) => await a.reach?.(towards),
      factsOf: () => b.facts(),
      reachOf: async (_, towards) => await b.reach?.(towards),
    };
    const facts = await a.facts();
    expect(known(facts.hyperv?.defender)?.extensions).toContain('vhdx');
    const findings: Finding[] = await liveFindings(facts, ['hv-b'], look);
    const lines = told(findings);
    expect(lines.filter((line) => /^(?:blocker|unknown)/.test(line))).toEqual([]);
    expect(lines.at(-1)).toBe('ok doctor-live-ok');
  });
}
