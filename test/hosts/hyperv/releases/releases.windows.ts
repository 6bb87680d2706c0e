/** Windows Server 2016 to 2025, two hosts of each: inventory, preflight and a live migration by the driver. */

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { HostFacts } from '../../../../src/domain/host.ts';
import { changeVm } from '../../../../src/hosts/lab/state.ts';
import type { Subject } from '../../../../src/preflight/check.ts';
import { PROFILES, type ProfileName } from '../../../hyperv-module/simulator/profiles.ts';
import { VM_ID } from '../../../hyperv-module/simulator-fixture.ts';
import { drawn, SEED } from '../../../lot.ts';
import { requireTool } from '../../../tools.ts';
import { type Inventory, inventory } from '../inventory-fixture.ts';
import { CHECKPOINT, CHECKS_WITHOUT, type LacksOf, readLacks, SHOWN, shownIn } from './lacks.ts';
import { type Ends, findingsOf, migrate, movedTo, seeing, troubles } from './migrating.ts';

// A busy machine takes its time: each host is a PowerShell of its own.
jest.setTimeout(240_000);
const GPU = 'GPU 1';
/** The oldest and the newest differ most, but each differs from the one before. */
const DRAWN = 2;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let lacksOf: LacksOf;
  beforeAll(async () => {
    lacksOf = await readLacks(pwsh);
  });

  const releases = (['2016', '2019', '2022', '2025'] satisfies ProfileName[]).map((name) => ({
    name,
  }));
  describe.each(drawn(releases, DRAWN))(
    `Windows Server $name (SEED=${SEED})`,
    ({ name: profile }) => {
      const { build, versions, defaultVersion, credentialGuard } = PROFILES[profile];
      let windows: Inventory;
      let ends: Ends;
      let odd: HostFacts;
      let subject: Subject;
      beforeAll(async () => {
        const hosts = ['hv-a', 'hv-b'].map((name) => ({ name, profile }));
        windows = await inventory(pwsh, hosts, { boot: true });
        const place = { dir: windows.dir, host: 'hv-a', vmId: VM_ID };
        ends = { source: await windows.open('hv-a'), target: await windows.open('hv-b') };
        // With a checkpoint and a part of a GPU first.
        await changeVm(place, { checkpoints: [CHECKPOINT] });
        await windows.simulator.changeVm(VM_ID, { gpuPartitions: [{ canLeave: true }] });
        await windows.simulator.changeHost('hv-a', { partitionableGpus: [GPU] });
        const [facts, there] = await Promise.all([ends.source.facts(), ends.target.facts()]);
        odd = facts;
        await changeVm(place, { checkpoints: [] });
        await windows.simulator.changeVm(VM_ID, { gpuPartitions: [] });
        const vm = await ends.source.vm(VM_ID);
        if (!vm) throw new Error('There is no VM');
        subject = await seeing(ends, [{ ...odd, vms: [vm] }, there]);
      });
      afterAll(async () => {
        await windows?.[Symbol.asyncDispose]();
      });

      it('tells all of itself that its release can tell', () => {
        expect(JSON.stringify([subject.source, subject.target])).not.toContain('"unread"');
        expect(subject.source.hyperv).toMatchObject({
          build: { value: build },
          supportedVersions: { value: versions },
          credentialGuard: { value: credentialGuard },
        });
        expect(subject.vm.hyperv?.version).toEqual({ value: defaultVersion });
        expect(windows.noise).toEqual([]);
      });

      it('has nothing against a live migration, and judges only what it has', () => {
        const findings = findingsOf(subject);
        expect(troubles(findings)).toEqual([]);
        const judged = findings.map(({ check }) => check);
        for (const [lack, check] of Object.entries(CHECKS_WITHOUT)) {
          const isLacking = lacksOf(profile).touched.includes(lack);
          expect([check, judged.includes(check)]).toEqual([check, !isLacking]);
        }
      });

      it('moves a VM with its disks, and no record of the guest is lost', async () => {
        const { plan, ...moved } = await migrate(windows, ends, subject);
        expect(moved).toEqual(movedTo('hv-b'));
        expect(plan).toMatchObject({ method: 'live', live: { way: 'with storage' } });
        expect(windows.noise).toEqual([]);
      });

      // Last: everything that is asked of a host has been asked.
      it('has met each lack that a script could run into, and taken none for a failure', () => {
        const { touched, behind, untouched } = lacksOf(profile);
        expect(windows.simulator.lacksMet('hv-a')).toEqual(touched);
        const all = [...touched, ...behind, ...untouched].toSorted();
        expect(all).toEqual(windows.simulator.lacks('hv-a').toSorted());
        for (const lack of touched) expect(shownIn(odd, lack)).toEqual(SHOWN[lack]);
      });
    },
  );
}
