/** `ferry disk check`: what a strict look at a disk finds, one line each. */

import { checkDisk, type DiskCheck } from '../disks/check/check.ts';
import { print } from './reporting.ts';
import { said, textOf } from './words.ts';

/** Whether the disk is sound. */
export async function printCheck(leafPath: string, json: boolean): Promise<boolean> {
  const check = await checkDisk(leafPath);
  print(json ? inJson(check) : inWords(check));
  return check.isSound;
}

function inJson({ isSound, files, findings, more }: DiskCheck): string {
  const told = findings.map(({ severity, code, facts }) => {
    const { file, offset, value, ...others } = facts;
    const { text, remedy } = textOf({ code, facts });
    return { severity, code, file, offset, value, text, remedy, facts: others };
  });
  return JSON.stringify({ sound: isSound, files, findings: told, more }, null, 2);
}

/** What to do stands once, however often it holds. */
function inWords({ isSound, files, findings, more }: DiskCheck): string {
  const words = said().diskCheck;
  const texts = findings.map((finding) => ({ ...finding, ...textOf(finding) }));
  const lines = texts.map(({ severity, code, text }) => `${words[severity]} ${code}: ${text}`);
  const remedies = new Set(texts.map(({ remedy }) => remedy));
  return [
    ...lines,
    ...(more > 0 ? [words.more(more)] : []),
    ...remedies,
    isSound ? words.sound(files.length) : words.damaged(findings.length + more),
  ].join('\n');
}
