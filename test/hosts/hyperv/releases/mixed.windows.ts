/** Hosts of different releases: upward a VM goes, downward its version decides, and 2025 wants Kerberos. */

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { HostFacts } from '../../../../src/domain/host.ts';
import { known } from '../../../../src/domain/hyperv.ts';
import type { VmFacts } from '../../../../src/domain/vm.ts';
import type { Host } from '../../../../src/hosts/host.ts';
import type { Subject } from '../../../../src/preflight/check.ts';
import { VM_ID } from '../../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../../tools.ts';
import { type Inventory, inventory } from '../inventory-fixture.ts';
import { findingsOf, migrate, movedTo, seeing, troubles } from './migrating.ts';

// A busy machine takes its time: each host is a PowerShell of its own.
jest.setTimeout(240_000);
const BUILDS_DIFFER = 'warning windows-builds-differ';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: Inventory;
  let of2016: Host;
  let of2022: Host;
  let of2025: Host;
  let facts: Readonly<Record<'of2016' | 'of2022' | 'of2025', HostFacts>>;
  beforeAll(async () => {
    windows = await inventory(
      pwsh,
      [
        { name: 'hv-a', profile: '2016' },
        { name: 'hv-b', profile: '2022' },
        { name: 'hv-c', profile: '2025' },
      ],
      { boot: true },
    );
    [of2016, of2022, of2025] = await Promise.all([
      windows.open('hv-a'),
      windows.open('hv-b'),
      windows.open('hv-c'),
    ]);
    const [a, b, c] = await Promise.all([of2016.facts(), of2022.facts(), of2025.facts()]);
    facts = { of2016: a, of2022: b, of2025: c };
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });

  describe('a VM of Windows Server 2016', () => {
    it('goes to 2022, and may come back as long as its version is the old one', async () => {
      const up = { source: of2016, target: of2022 };
      const subject = await seeing(up, [facts.of2016, facts.of2022]);
      expect(troubles(findingsOf(subject))).toEqual([BUILDS_DIFFER]);
      const { plan, ...moved } = await migrate(windows, up, subject);
      expect(moved).toEqual(movedTo('hv-b'));
      expect(plan.acknowledged).toEqual(['windows-builds-differ']);

      facts = { ...facts, of2022: await of2022.facts() };
      const back = { vm: await vmAt(of2022), source: facts.of2022, target: facts.of2016 };
      expect(back.vm.hyperv?.version).toEqual({ value: '8.0' });
      expect(ofVersion(back)).toMatchObject({ severity: 'ok' });
    });

    it('that was updated there never comes back', async () => {
      await windows.simulator.changeVm(VM_ID, { version: '10.0' });
      const subject = { vm: await vmAt(of2022), source: facts.of2022, target: facts.of2016 };
      expect(ofVersion(subject)).toMatchObject({
        severity: 'blocker',
        code: 'configuration-version',
        facts: { host: 'hv-a', version: '10.0', versions: ['5.0', '6.2', '7.0', '7.1', '8.0'] },
      });
    });

    it('that still has the version of 2012 R2 goes no further until it is updated', async () => {
      await windows.simulator.changeVm(VM_ID, { version: '5.0' });
      const subject = { vm: await vmAt(of2022), source: facts.of2022, target: facts.of2025 };
      expect(ofVersion(subject)).toMatchObject({
        severity: 'blocker',
        code: 'configuration-version-old',
      });
    });
  });

  describe('Windows Server 2025, where Credential Guard runs', () => {
    const toCredSsp = async () => {
      for (const name of ['hv-b', 'hv-c']) {
        const { migration } = await windows.overlay(name);
        const by = { ...migration, authentication: 'CredSSP' } as const;
        await windows.simulator.changeHost(name, { migration: by });
      }
    };
    const atConsole = (host: HostFacts): HostFacts => {
      const account = known(host.hyperv?.account);
      if (!host.hyperv || !account) throw new Error(`${host.name} does not tell its account`);
      return {
        ...host,
        hyperv: { ...host.hyperv, account: { value: { ...account, isService: false } } },
      };
    };

    it('is well with Kerberos, and refuses CredSSP to a worker and to somebody at the console', async () => {
      const vm = await vmAt(of2022);
      const withKerberos = { vm, source: facts.of2022, target: facts.of2025 };
      expect(withKerberos.target.hyperv?.credentialGuard).toEqual({ value: true });
      expect(ofAuthentication(withKerberos)?.severity).toBe('ok');

      await toCredSsp();
      const [source, target] = await Promise.all([of2022.facts(), of2025.facts()]);
      expect(ofAuthentication({ vm, source, target })).toMatchObject({
        severity: 'blocker',
        code: 'credssp-service',
      });
      expect(ofAuthentication({ vm, source: atConsole(source), target })).toMatchObject({
        severity: 'blocker',
        code: 'credssp-credential-guard',
        facts: { guarded: ['hv-c'] },
      });
    });
  });
}

const findingOf = (name: string) => (subject: Subject) =>
  findingsOf(subject).find(({ check }) => check === name);
const ofVersion = findingOf('configuration-version');
const ofAuthentication = findingOf('migration-authentication');

async function vmAt(host: Host): Promise<VmFacts> {
  const vm = await host.vm(VM_ID);
  if (vm) return vm;
  throw new Error(`${host.name} does not have the VM`);
}
