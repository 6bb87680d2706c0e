/**
 * A shell that ends its lines as Windows does, for node-powershell's second trap: it understands the
 * marks of the library and our one command, and prints each call's whole output at once, as a PowerShell
 * does whose caller is busy. Node runs it: `#!` with this file's path.
 */

import { createInterface } from 'node:readline';

const printed = { Out: '', Error: '' };
let marks = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const mark = /^\[Console\]::(Out|Error)\.Write(Line)?\("(\w+)(`n)?"\)$/.exec(line);
  if (mark) {
    const [, stream, withLineEnd, text, lineFeed] = mark;
    printed[stream === 'Out' ? 'Out' : 'Error'] +=
      `${text}${lineFeed ? '\n' : ''}${withLineEnd ? '\r\n' : ''}`;
    marks += 1;
  }
  const answered = /-Mark '(\w+)'/.exec(line)?.[1];
  if (answered) {
    const answer = { ok: true, value: { from: 'the fake' }, warnings: [] };
    printed.Out += `${answered}:${Buffer.from(JSON.stringify(answer)).toString('base64')}:${answered}\r\n`;
  }
  if (marks < 4) continue;
  process.stdout.write(printed.Out);
  process.stderr.write(printed.Error);
  Object.assign(printed, { Out: '', Error: '' });
  marks = 0;
}
