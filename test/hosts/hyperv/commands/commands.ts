/** `docs/hyper-v-commands.md`, from the syntax trees of the scripts: `npm run commands` writes it. */

import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { scriptFile } from '../../../../src/hosts/hyperv/script-file.ts';
import { PowerShell } from '../../../../src/hosts/hyperv/shell/powershell.ts';

export const PAGE = join(import.meta.dirname, '../../../../docs/hyper-v-commands.md');
/** Some seconds of work; a busy machine takes its time. */
const SECONDS_MAX = 200;

const schema = z.object({
  calls: z.array(z.object({ name: z.string(), parameters: z.array(z.string()), file: z.string() })),
  own: z.array(z.string()),
  members: z.array(z.string()),
});

const INTRO = `# The commands that Ferry's scripts call

Made by \`npm run commands\` from the syntax trees of the scripts in \`src/hosts/hyperv/scripts\`; a test
fails when it is not current. Parameters are those that the scripts name, also by splatting.
\`ComputerName\` is given only for a host that another host's worker serves, and for the other side of a move.
`;

/** Commands of Windows' own modules; the rest is PowerShell's own. */
const PLAIN =
  /^(Add-Member|Compare-Object|ConvertFrom-Json|Export-ModuleMember|ForEach-Object|Get-Command|Get-Date|Get-Variable|Group-Object|Import-Module|Join-Path|Measure-Object|New-Object|Out-Null|Out-String|Resolve-Path|Select-Object|Set-StrictMode|Set-Variable|Sort-Object|Split-Path|Start-Sleep|Test-Path|Where-Object|Write-Error|Write-Output|Write-Verbose|Write-Warning)$/i;

export type ScriptNames = z.infer<typeof schema>;

/**
 * What the scripts call, with which parameters, which functions they have, and what they read of objects.
 * `pwsh`: the path of PowerShell 7.
 */
export async function scriptNames(pwsh: string): Promise<ScriptNames> {
  const folder = dirname(scriptFile('host'));
  const names = (await readdir(folder)).filter((name) => /\.psm?1$/.test(name)).toSorted();
  const files = names.map((name) => join(folder, name));
  const powershell = new PowerShell({ host: 'docs', executable: pwsh });
  try {
    const script = join(import.meta.dirname, 'commands.ps1');
    const call = { schema, timeoutSeconds: SECONDS_MAX };
    return await powershell.ask(script, { files }, call);
  } finally {
    await powershell.close();
  }
}

/** The page as it must be now. */
export function commandsPage({ calls, own }: ScriptNames): string {
  const ours = new Set(own.map((name) => name.toLowerCase()));
  const theirs = calls.filter(
    ({ name }) => name.includes('-') && !ours.has(name.toLowerCase()) && !PLAIN.test(name),
  );
  const rows = [...Map.groupBy(theirs, ({ name }) => name)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, all]) => row(name, all));
  const head = '| command | parameters | scripts |\n| --- | --- | --- |';
  return `${INTRO}\n${[head, ...rows].join('\n')}\n`;
}

function row(name: string, calls: ScriptNames['calls']): string {
  const unique = (texts: readonly string[]) => [...new Set(texts)].toSorted().join(', ');
  const parameters = unique(calls.flatMap((call) => call.parameters)) || 'none';
  return `| \`${name}\` | ${parameters} | ${unique(calls.map(({ file }) => file))} |`;
}

if (import.meta.main) {
  await writeFile(PAGE, commandsPage(await scriptNames(process.env.PWSH_PATH ?? 'pwsh')));
}
