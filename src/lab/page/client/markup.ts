/** Slack's mrkdwn as a tree of what it means. Pure: nothing here makes HTML. */

export type Piece =
  | { readonly kind: 'text' | 'code' | 'pre' | 'broadcast'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'quote'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'user' | 'channel' | 'group'; readonly id: string; readonly label: string }
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  | Dated;

export interface Dated {
  readonly kind: 'date';
  readonly seconds: number;
  readonly format: string;
  readonly fallback: string;
}

/** Deeper emphasis than this is shown as it was typed. */
const DEPTH_MAX = 4;

export const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** A mrkdwn text: preformatted parts, quotes, and lines of what stands in a line. */
export function piecesOf(mrkdwn: string): Piece[] {
  const parts = mrkdwn.split(/```\n?([\s\S]*?)```\n?/);
  return parts.flatMap((part, index) =>
    index % 2 === 1 ? [{ kind: 'pre' as const, text: unescaped(part) }] : quotesAndLines(part),
  );
}

function quotesAndLines(text: string): Piece[] {
  if (text === '') return [];
  const pieces: Piece[] = [];
  let quoted: string[] = [];
  const endQuote = (): void => {
    if (quoted.length > 0) pieces.push({ kind: 'quote', pieces: lines(quoted) });
    quoted = [];
  };
  let plain: string[] = [];
  const endPlain = (): void => {
    if (plain.length > 0) pieces.push(...lines(plain));
    plain = [];
  };
  for (const line of text.split('\n')) {
    const isQuote = /^&gt; ?/.test(line);
    if (isQuote) endPlain();
    else endQuote();
    if (isQuote) quoted.push(line.replace(/^&gt; ?/, ''));
    else plain.push(line);
  }
  endQuote();
  endPlain();
  return pieces;
}

const lines = (all: readonly string[]): Piece[] =>
  all.flatMap((line, index) => [
    ...(index > 0 ? [{ kind: 'break' as const }] : []),
    ...inLine(line, 0),
  ]);

/** References, code, then emphasis, as far as they go. What is code begins and ends no emphasis. */
const IN_LINE =
  /<([^<>\n]+)>|`([^`\n]+)`|(?<=^|[\s(>"'])([*_~])((?:`[^`\n]+`|[^\s`])(?:(?:`[^`\n]+`|[^\n`])*?(?:`[^`\n]+`|[^\s`]))?)\3(?=$|[\s).,:;!?<"'])/;

function inLine(text: string, depth: number): Piece[] {
  const found = IN_LINE.exec(text);
  if (!found || depth > DEPTH_MAX) return text === '' ? [] : [plain(text)];
  const [whole, reference, code, sign, inner = ''] = found;
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + whole.length);
  return [
    ...(before === '' ? [] : [plain(before)]),
    reference === undefined
      ? code === undefined
        ? { kind: EMPHASIS[sign as keyof typeof EMPHASIS], pieces: inLine(inner, depth + 1) }
        : { kind: 'code', text: unescaped(code) }
      : referenceOf(reference),
    ...inLine(after, depth),
  ];
}

const EMPHASIS = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

const plain = (text: string): Piece => ({ kind: 'text', text: unescaped(text) });

/** What stands between angle brackets; anything unknown stays text. */
function referenceOf(reference: string): Piece {
  const [target = '', ...rest] = reference.split('|');
  const label = unescaped(rest.join('|'));
  const sign = target[0];
  if (sign === '@') return { kind: 'user', id: target.slice(1), label };
  if (sign === '#') return { kind: 'channel', id: target.slice(1), label };
  if (target.startsWith('!date^')) return dateOf(target, label);
  if (target.startsWith('!subteam^')) {
    return { kind: 'group', id: target.slice('!subteam^'.length), label };
  }
  if (sign === '!') return { kind: 'broadcast', text: target.slice(1) };
  const url = unescaped(target);
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return { kind: 'text', text: label || url };
  return { kind: 'link', url, label: label || url };
}

function dateOf(target: string, fallback: string): Piece {
  const [, seconds = '', format = ''] = target.split('^');
  return { kind: 'date', seconds: Number(seconds), format: unescaped(format), fallback };
}

const DAY_MILLISECONDS = 86_400_000;

/** A date in the reader's time zone, in Slack's words for it; its fallback when it is no date. */
export function dateText(date: Dated, now: Date, locale?: string): string {
  const at = new Date(date.seconds * 1000);
  if (Number.isNaN(at.getTime())) return date.fallback;
  const as = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, options).format(at);
  const day = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  const short = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const pretty = (otherwise: string) => nearDay(at, now) ?? otherwise;
  const words: Readonly<Record<string, () => string>> = {
    date_num: () => at.toISOString().slice(0, 10),
    date: () => as(day),
    date_short: () => as(short),
    date_long: () => as({ ...day, weekday: 'long' }),
    date_pretty: () => pretty(as(day)),
    date_short_pretty: () => pretty(as(short)),
    date_long_pretty: () => pretty(as({ ...day, weekday: 'long' })),
    time: () => as({ hour: '2-digit', minute: '2-digit' }),
    time_secs: () => as({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  };
  return date.format.replace(/\{(\w+)\}/g, (whole, word: string) => words[word]?.() ?? whole);
}

function nearDay(at: Date, now: Date): string | undefined {
  const day = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((day(at).getTime() - day(now).getTime()) / DAY_MILLISECONDS);
  return { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' }[String(days)];
}
