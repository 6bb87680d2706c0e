/** Windows Server 2012 R2: no worker runs there, a neighbour's serves it, and VMs go there and away live only. */

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { liveFindings } from '../../../../src/doctor/live.ts';
import type { HostFacts } from '../../../../src/domain/host.ts';
import { Problem } from '../../../../src/domain/problem.ts';
import type { Host } from '../../../../src/hosts/host.ts';
import { changeVm } from '../../../../src/hosts/lab/state.ts';
import type { Subject } from '../../../../src/preflight/check.ts';
import { VM_ID } from '../../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../../tools.ts';
import { type Inventory, inventory } from '../inventory-fixture.ts';
import { problemOf } from '../shell/fixture.ts';
import { CHECKPOINT, CHECKS_WITHOUT, readLacks, SHOWN, shownIn } from './lacks.ts';
import { findingsOf, migrate, movedTo, subjectOf, troubles } from './migrating.ts';

// A busy machine takes its time: each host is a PowerShell of its own.
jest.setTimeout(240_000);
const LACKS = { lacks: true };
/** Nobody on 2012 R2 can look at others: people accept that with the plan. */
const CANNOT_LOOK = [
  'unknown admin-share-unknown',
  'unknown host-names-unknown',
  'unknown ports-unknown',
];
/** Its files are listed over `\\hv-a\D$`, and no such path is on the Linux of the tests. */
const CANNOT_LIST = 'unknown target-files-unknown';
const BUILDS_DIFFER = 'warning windows-builds-differ';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: Inventory;
  let old: Host;
  let otherOld: Host;
  let of2016: Host;
  let subject: Subject;
  beforeAll(async () => {
    windows = await inventory(
      pwsh,
      [
        { name: 'hv-a', profile: '2012r2' },
        { name: 'hv-b', profile: '2012r2' },
        { name: 'hv-c', profile: '2016' },
      ],
      { boot: true },
    );
    // By one shell of the neighbour, as if one worker served them all: it changes modules between them.
    old = await windows.open('hv-a', { at: 'hv-c', computerName: 'hv-a' });
    otherOld = await windows.open('hv-b', { at: 'hv-c', computerName: 'hv-b' });
    of2016 = await windows.open('hv-c');
    const place = { dir: windows.dir, host: 'hv-a', vmId: VM_ID };
    await changeVm(place, { checkpoints: [CHECKPOINT] });
    subject = await subjectOf({ source: old, target: otherOld });
    await changeVm(place, { checkpoints: [] });
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });
  const servedBy = (cmdlet: string) =>
    windows.simulator.calls.findLast((call) => call.cmdlet === cmdlet);

  describe('Windows Server 2012 R2, served by a neighbour', () => {
    it('G.4 tells what it can, and what its release lacks is lacking, not failed', () => {
      const { source, vm } = subject;
      expect(source.hyperv).toMatchObject({
        build: { value: 9600 },
        supportedVersions: LACKS,
        partitionableGpus: LACKS,
        migration: { value: { enabled: true } },
      });
      expect(vm.hyperv).toMatchObject({
        version: LACKS,
        security: LACKS,
        assignedDevices: LACKS,
        gpuPartitions: LACKS,
        disks: [{ place: 'local' }, { place: 'local' }],
      });
      const { reach, files: _, ...rest } = source.hyperv ?? {};
      expect(JSON.stringify([rest, source.vms])).not.toContain('"unread"');
      expect(JSON.stringify(reach)).toContain('"unread"');
      expect(windows.noise).toEqual([]);
    });

    it('is judged by what it has; what nobody can look at from there is accepted by people', () => {
      const findings = findingsOf(subject);
      expect(troubles(findings).toSorted()).toEqual([...CANNOT_LOOK, CANNOT_LIST]);
      const judged = findings.map(({ check }) => check);
      for (const check of Object.values(CHECKS_WITHOUT)) expect(judged).not.toContain(check);
      // 5.0, as it must be there.
      expect(findings).toContainEqual(
        expect.objectContaining({ check: 'configuration-version', severity: 'ok' }),
      );
    });

    it('has a doctor who says who serves it', async () => {
      const look = {
        reach: async () => undefined,
        factsOf: (host: string) => Promise.reject(new Problem('worker-silent', { host })),
        reachOf: async () => undefined,
      };
      const [served] = await liveFindings(subject.source, ['hv-b'], look);
      expect(served).toMatchObject({
        code: 'doctor-live-served',
        facts: { host: 'hv-a', build: 9600 },
      });
    });

    it('streams nothing', async () => {
      expect(subject.source.methods).toEqual(['live']);
      const opened = old.openRound(VM_ID, 0, { operation: 'm1', epoch: 1 });
      expect((await problemOf(opened)).code).toBe('method-unavailable');
    });

    it('moves a VM to another one of its kind', async () => {
      const { plan, ...moved } = await migrate(windows, { source: old, target: otherOld }, subject);
      expect(moved).toEqual(movedTo('hv-b'));
      expect(plan.live?.way).toBe('with storage');
      expect(servedBy('Move-VM')).toMatchObject({ host: 'hv-c', module: '1.1' });
      expect(servedBy('Compare-VM')).toMatchObject({ host: 'hv-c', module: '1.1' });
    });

    it('gives a VM to 2016, but not to 2022, which knows its version no more', async () => {
      const ends = { source: otherOld, target: of2016 };
      const up = await subjectOf(ends);
      expect(troubles(findingsOf(up)).toSorted()).toEqual([...CANNOT_LOOK, BUILDS_DIFFER]);
      const newer = withVersions(up.target, ['8.0', '9.0', '10.0']);
      expect(troubles(findingsOf({ ...up, target: newer }))).toContain(
        'blocker configuration-version-by-steps',
      );
      const { plan: _, ...moved } = await migrate(windows, ends, up);
      expect(moved).toEqual(movedTo('hv-c'));
    });

    it('takes it back while its version is its own: each host is asked by the module for it', async () => {
      const ends = { source: of2016, target: old };
      const down = await subjectOf(ends);
      expect(down.vm.hyperv?.version).toEqual({ value: '5.0' });
      expect(troubles(findingsOf(down)).toSorted()).toEqual([
        ...CANNOT_LOOK,
        CANNOT_LIST,
        BUILDS_DIFFER,
      ]);
      const updated = down.vm.hyperv && { ...down.vm.hyperv, version: { value: '8.0' } };
      const vm = { ...down.vm, ...(updated && { hyperv: updated }) };
      expect(troubles(findingsOf({ ...down, vm }))).toContain('blocker configuration-version');
      const { plan: _, ...moved } = await migrate(windows, ends, down);
      expect(moved).toEqual(movedTo('hv-a'));
      expect(servedBy('Move-VM')).toMatchObject({ module: '2.0.0.0' });
      const asked = windows.simulator.calls.filter(
        ({ cmdlet, parameters }) =>
          cmdlet === 'Get-VM' && JSON.stringify(parameters.ComputerName ?? '').includes('hv-a'),
      );
      expect(new Set(asked.map(({ module }) => module))).toEqual(new Set(['1.1']));
      // And itself again, as before.
      expect((await of2016.facts()).vms).toEqual([]);
    });

    it('has met each lack that a script could run into', async () => {
      const { touched } = (await readLacks(pwsh))('2012r2');
      const met = new Set(['hv-a', 'hv-b'].flatMap((name) => windows.simulator.lacksMet(name)));
      expect([...met].toSorted()).toEqual(touched);
      for (const lack of touched) expect(shownIn(subject.source, lack)).toEqual(SHOWN[lack]);
    });
  });
}

function withVersions(host: HostFacts, versions: readonly string[]): HostFacts {
  if (!host.hyperv) throw new Error(`${host.name} is no Windows`);
  return { ...host, hyperv: { ...host.hyperv, supportedVersions: { value: versions } } };
}
