/** The script that mends: PowerShell's own parser reads it, and no fact leaves its place in it. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { mendingScript } from '../../src/doctor/script.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { Fact } from '../../src/domain/problem.ts';
import { catalogueCodes, textOf } from '../../src/texts/catalogue.ts';
import { mendingCommands } from '../../src/texts/mending.ts';
import { call, newFolder, open } from '../hosts/hyperv/shell/fixture.ts';
import { requireTool } from '../tools.ts';

const finding = (code: string, facts: Finding['facts'] = {}): Finding => {
  return { check: code, severity: 'blocker', code, facts };
};
const script = (...findings: Finding[]): string => mendingScript(findings, textOf);

describe('the script that mends', () => {
  it('has for each finding what is wrong, why, and the commands', () => {
    const text = script(
      finding('migration-enabled', { hosts: ['hv-a', 'hv-b'] }),
      finding('ports', { host: 'hv-b', from: 'hv-a', ports: ['6600'] }),
    );
    expect(text).toContain('# 1. blocker: Live migration is not enabled on hv-a, hv-b.');
    expect(text).toContain("\nEnable-VMMigration -ComputerName 'hv-a','hv-b'\n");
    expect(text).toContain(
      "if ($env:COMPUTERNAME -eq 'hv-b') {\n  Enable-VMMigration\n  Enable-NetFirewallRule",
    );
    expect(text).toContain("Write-Warning 'Part 2 was passed over here: it is for hv-b.'");
  });

  it('leaves out what is well, and says where a person must act', () => {
    const ok: Finding = { ...finding('migration-enabled-ok'), severity: 'ok' };
    expect(script(ok)).toContain('# All is well');
    expect(script(ok, finding('domain', { hosts: ['hv-a'] }))).toContain('# By hand:');
  });

  it('is of ASCII alone, and its comments end with their lines', () => {
    const text = script(
      finding('microsoft-client', { host: "hv'a\nRemove-Item C:\\", adapters: ['Perché\u2028no'] }),
      finding('worker-account', { host: 'hv-a', account: "CORP\\D'Este è ‘lui’" }),
    );
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    const lines = text.split('\n').filter((line) => /Remove-Item/.test(line));
    expect(lines.filter((line) => !/^#|^if \(|^ {2}Write-Warning |^Remove/.test(line))).toEqual([]);
    expect(text).toContain("'CORP\\\\D''Este \\u00e8 \\u2018lui\\u2019'");
  });

  it('does not take a port that is no number', () => {
    const facts = { host: 'hv-a', to: 'hv-b', address: 'x', reason: 'y' };
    const port = '7420; Remove-Item C:\\';
    expect(mendingCommands(finding('doctor-reach-failed', { ...facts, port }))).toEqual([]);
    expect(mendingCommands(finding('doctor-reach-failed', { ...facts, port: 7420 }))).toHaveLength(
      1,
    );
  });
});

const HOSTILE = `a'b"c$(Remove-Item x)\`d\ne‘f’; Remove-Item y; 'è" #>`;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const powershell = open(pwsh);
  afterAll(() => powershell.close());
  const schema = z.object({
    errors: z.array(z.string()),
    commands: z.array(z.string()),
    strings: z.array(z.string()),
  });

  it('is read by PowerShell itself, with hostile names, as the commands that are meant', async () => {
    await using folder = await newFolder();
    const lists = /^(hosts|adapters|extensions|programs|entries|names|ports|missing|builds|modes)$/;
    const facts = new Proxy<Record<string, Fact>>(
      {},
      { get: (_, name) => (lists.test(String(name)) ? [HOSTILE, 'hv-b'] : HOSTILE) },
    );
    const codes = catalogueCodes().filter(
      (code) => mendingCommands({ code, facts }).length > 0 || code === 'doctor-reach-failed',
    );
    expect(codes.length).toBeGreaterThan(18);
    const path = folder.file('mend.ps1');
    await writeFile(path, script(...codes.map((code) => finding(code, facts))));
    const parse = join(import.meta.dirname, 'scripts', 'parse.ps1');
    const { errors, commands, strings } = await powershell.ask(
      parse,
      { path },
      { ...call, schema },
    );
    expect(errors).toEqual([]);
    expect(commands).not.toContain('Remove-Item');
    expect(commands).toContain('Set-ADComputer');
    expect(await readFile(path, 'utf8')).toMatch(/^[\x20-\x7e\n]*$/);
    expect(strings).toContain(HOSTILE);
  });
}
