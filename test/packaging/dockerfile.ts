/** Reads a Dockerfile of one stage: its instructions in order. */

export interface Instruction {
  readonly name: string;
  /** All that follows, on one line. */
  readonly text: string;
}

const NAMES: readonly string[] = [
  ...['FROM', 'ENV', 'WORKDIR', 'COPY', 'RUN', 'USER'],
  ...['VOLUME', 'HEALTHCHECK', 'STOPSIGNAL', 'CMD'],
];

/** @throws on an instruction that nothing here would run or check */
export function readDockerfile(text: string): Instruction[] {
  const whole = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\s*\\\n\s*/g, ' ');
  return whole.split('\n').map((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+) +(.+)$/.exec(line) ?? [];
    if (!NAMES.includes(name)) throw new Error(`Not understood: ${line}`);
    return { name, text: rest };
  });
}

/** The text of the only instruction of this name. */
export function only(instructions: readonly Instruction[], name: string): string {
  const found = instructions.filter((one) => one.name === name);
  if (found.length !== 1) throw new Error(`${found.length} times ${name}`);
  return found[0]?.text ?? '';
}

/** `CMD ["a", "b"]`, also behind HEALTHCHECK's options. */
export function execForm(text: string): string[] {
  const list: unknown = JSON.parse(text.slice(text.indexOf('[')));
  if (!Array.isArray(list)) throw new Error(`Not a list: ${text}`);
  return list.map(String);
}
