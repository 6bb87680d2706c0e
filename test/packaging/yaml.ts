/**
 * The part of YAML that compose.yaml uses: maps and lists by indentation, lists in JSON, and plain
 * scalars. Whatever else comes is an error, so that nothing is read otherwise than Docker reads it.
 */

export type Yaml =
  | string
  | number
  | boolean
  | null
  | readonly Yaml[]
  | { readonly [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

export function readYaml(text: string): Yaml {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => ({ indent: line.search(/\S/), text: line.trim() }));
  const { value, rest } = block(lines);
  if (rest.length > 0) throw new Error(`Not understood: ${rest[0]?.text}`);
  return value;
}

function block(lines: readonly Line[]): { value: Yaml; rest: readonly Line[] } {
  const [first] = lines;
  if (!first) return { value: null, rest: [] };
  const isList = first.text.startsWith('- ');
  const list: Yaml[] = [];
  const map: Record<string, Yaml> = {};
  let rest = lines;
  for (;;) {
    const [line, ...after] = rest;
    if (!line || line.indent < first.indent) break;
    if (line.indent > first.indent) throw new Error(`Indented too far: ${line.text}`);
    if (isList) {
      list.push(scalar(line.text.replace(/^- /, '')));
      rest = after;
      continue;
    }
    const [, key = '', text = ''] = /^([\w-]+):(?: (.+))?$/.exec(line.text) ?? [];
    if (key === '' || key in map) throw new Error(`Not understood: ${line.text}`);
    const isNested = text === '' && (after[0]?.indent ?? 0) > line.indent;
    const nested = isNested
      ? block(after)
      : { value: text === '' ? null : scalar(text), rest: after };
    map[key] = nested.value;
    rest = nested.rest;
  }
  return { value: isList ? list : map, rest };
}

function scalar(text: string): Yaml {
  if (/^["[]/.test(text)) return JSON.parse(text) as Yaml;
  if (/^[{&*!|>'%@`]/.test(text) || / #|: /.test(text)) throw new Error(`Not understood: ${text}`);
  if (/^(\d+|true|false)$/.test(text)) return JSON.parse(text) as Yaml;
  // Text in one version of YAML, and something else in another.
  if (/^(\d[\d.]*|yes|no|on|off|null|~)$/i.test(text)) throw new Error(`Put into quotes: ${text}`);
  return text;
}
