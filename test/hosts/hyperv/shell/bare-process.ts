/**
 * A process of its own for what would end Node, or keep it from ending: runs a program that does not
 * exist, then a script that hangs beside a program holding its pipes, and prints what each came to.
 * Arguments: the script, and PowerShell's path.
 */

import { Problem } from '../../../../src/domain/problem.ts';
import { call, newFolder, open, textIn } from './fixture.ts';

const [commands = '', pwsh = ''] = process.argv.slice(2);
const codeOf = (error: unknown): string => (error instanceof Problem ? error.code : String(error));
const missing = open('no-such-powershell');
const codes = [await missing.ask(commands, { text: '@{}' }, call).catch(codeOf)];
codes.push(await missing.act(commands, { text: '@{}' }, call).catch(codeOf));
await missing.close();

const hanging = open(pwsh);
await using folder = await newFolder();
const file = folder.file('held');
const stop = new AbortController();
// It would hold our ends of the pipes for as long as a test may take.
const held = `Start-Process '${process.execPath}' -ArgumentList '-e', 'setTimeout(()=>{},300000)' -PassThru`;
const text = `[System.IO.File]::WriteAllText($Given.file, (${held}).Id); Start-Sleep 600; @{}`;
const hung = hanging.act(commands, { text, file }, { ...call, signal: stop.signal });
const holder = await textIn(file);
stop.abort(new Error('stopped'));
codes.push(await hung.catch((error) => error.message));
await hanging.close();
process.stdout.write(`${JSON.stringify({ codes, holder })}\n`);
