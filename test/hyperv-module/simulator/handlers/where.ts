/** The part of WQL that filters need: comparisons joined by AND. */

const COMPARISON =
  /^\s*(\w+)\s*(=|<>|!=|<=|>=|<|>|LIKE)\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\S+))\s*$/i;
/** A backslash stands before itself and before quotes. */
const plain = (text: string): string => text.replace(/\\(.)/g, '$1');

/** The texts that a filter compares with. */
export const textsIn = (filter: string): string[] =>
  [...filter.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, text = '']) => plain(text));

/** @throws RangeError for what is no comparison */
export function matches(instance: Readonly<Record<string, unknown>>, filter: string): boolean {
  if (filter.trim() === '') return true;
  return filter.split(/\s+and\s+/i).every((part) => {
    const [, name = '', sign = '', single, double, bare] = COMPARISON.exec(part) ?? [];
    if (name === '') throw new RangeError(`Invalid query: ${part}`);
    const key = Object.keys(instance).find((each) => each.toLowerCase() === name.toLowerCase());
    const value = key === undefined ? undefined : instance[key];
    return holds(value, sign.toUpperCase(), plain(single ?? double ?? bare ?? ''));
  });
}

function holds(value: unknown, sign: string, wanted: string): boolean {
  const text = String(value).toLowerCase();
  const other = wanted.toLowerCase();
  const [left, right] = [Number(value), Number(wanted)];
  switch (sign) {
    case '=':
      return text === other;
    case '<>':
    case '!=':
      return text !== other;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      return new RegExp(
        `^${other
          .replace(/[.*+?^${}()|\\]/g, '\\$&')
          .replaceAll('%', '.*')
          .replaceAll('_', '.')}$`,
      ).test(text);
  }
}
