/** What the rules for blocks are made of. Each finds violations, worded as Slack words them. */

export type Fields = Readonly<Record<string, unknown>>;
/** The violations in `value`, whose JSON pointer is `at`; none means that Slack accepts. */
export type Rule = (value: Fields, at: string) => string[];

export const anything: Rule = () => [];

interface Needs {
  readonly isRequired?: boolean;
  readonly type?: 'plain_text';
}

/** A text object under `name`, or the value itself when `name` is empty. */
export function text(name: string, most: number, { isRequired, type }: Needs = {}): Rule {
  return (value, at) => {
    const found = name === '' ? value : value[name];
    const pointer = name === '' ? at : `${at}/${name}`;
    if (found === undefined) return isRequired ? [missing(pointer)] : [];
    if (!isFields(found)) return [`must be an object [json-pointer:${pointer}]`];
    if (found.type !== 'plain_text' && (found.type !== 'mrkdwn' || type === 'plain_text')) {
      return [`unsupported type: ${String(found.type)} [json-pointer:${pointer}/type]`];
    }
    const ownName = found.type === 'plain_text' ? 'emoji' : 'verbatim';
    return all(only('type', 'text', ownName), string('text', most, { isRequired: true }))(
      found,
      pointer,
    );
  };
}

export function string(name: string, most: number, { isRequired }: Needs = {}): Rule {
  return (value, at) => {
    const found = value[name];
    const pointer = `json-pointer:${at}/${name}`;
    if (found === undefined) return isRequired ? [missing(`${at}/${name}`)] : [];
    if (typeof found !== 'string') return [`must be a string [${pointer}]`];
    if (isRequired && found.length === 0) return [`must be more than 0 characters [${pointer}]`];
    return found.length > most ? [`must be less than ${most + 1} characters [${pointer}]`] : [];
  };
}

interface ListLimits {
  readonly most: number;
  readonly each: Rule;
  readonly isOptional?: boolean;
}

export function list(name: string, { most, each, isOptional = false }: ListLimits): Rule {
  return (value, at) => {
    const found = value[name];
    const pointer = `${at}/${name}`;
    if (found === undefined) return isOptional ? [] : [missing(pointer)];
    if (!Array.isArray(found)) return [`must be an array [json-pointer:${pointer}]`];
    if (found.length === 0) return [`no fewer than 1 items allowed [json-pointer:${pointer}]`];
    if (found.length > most) return [tooMany(most, pointer)];
    return found.flatMap((item: unknown, index) =>
      isFields(item)
        ? each(item, `${pointer}/${index}`)
        : [`must be an object [json-pointer:${pointer}/${index}]`],
    );
  };
}

/** An object under `name` that keeps the rule; absent is fine. */
export function optional(name: string, rule: Rule): Rule {
  return (value, at) => (value[name] === undefined ? [] : required(name, rule)(value, at));
}

/** An object under `name` that keeps the rule. */
export function required(name: string, rule: Rule): Rule {
  return (value, at) => {
    const found = value[name];
    if (found === undefined) return [missing(`${at}/${name}`)];
    if (isFields(found)) return rule(found, `${at}/${name}`);
    return [`must be an object [json-pointer:${at}/${name}]`];
  };
}

/** One of these words under `name`; absent is fine. */
export function word(name: string, words: readonly string[]): Rule {
  return ({ [name]: found }, at) =>
    found === undefined || words.some((one) => one === found)
      ? []
      : [`must be a valid enum value [json-pointer:${at}/${name}]`];
}

/** Slack refuses a property that it does not know. */
export function only(...names: readonly string[]): Rule {
  return (value, at) =>
    Object.keys(value)
      .filter((name) => !names.includes(name))
      .map((name) => `invalid additional property: ${name} [json-pointer:${at}]`);
}

export function all(...rules: readonly Rule[]): Rule {
  return (value, at) => rules.flatMap((rule) => rule(value, at));
}

/** The values of `name` in these objects that come more than once. */
export function repeated(items: readonly Fields[], name: string): string[] {
  const values = items.map((item) => item[name]).filter((value) => typeof value === 'string');
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

export const tooMany = (most: number, pointer: string): string =>
  `no more than ${most} items allowed [json-pointer:${pointer}]`;

export const missing = (pointer: string): string =>
  `missing required field [json-pointer:${pointer}]`;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
