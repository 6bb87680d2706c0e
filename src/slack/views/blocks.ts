/** The few Block Kit blocks that the bot uses, with Slack's limits (facts: Slack, section 3). */

import type { types } from '@slack/bolt';
import { utcText } from '../../texts/amounts.ts';

export type Block = types.KnownBlock;
export type Button = types.Button;

/** `text` is the notification and what screen readers say; blocks are what is seen. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Nobody else must see it: it asks one person, or mentions people without meaning to call them. */
  readonly onlyForAsker?: true;
}

export const SECTION_CHARS_MAX = 3000;
/** Slack recommends 4,000 and cuts at 40,000. */
export const TEXT_CHARS_MAX = 3000;
export const BLOCKS_MAX = 50;
export const BUTTON_VALUE_CHARS_MAX = 2000;
const BUTTON_LABEL_CHARS_MAX = 75;
const CONFIRM_TITLE_CHARS_MAX = 100;
const CONFIRM_TEXT_CHARS_MAX = 300;
/** A name that people or hosts gave; Hyper-V allows 100. */
const NAME_CHARS_MAX = 100;

/** Characters that are not seen, or that turn the reading direction: they could fake a sentence. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * What mrkdwn would obey in a word: a sign of emphasis where it could begin or end one, code, an
 * emoji. Inside of a word, as in `sql_prod_01`, such signs mean nothing.
 */
const OBEYED = /(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])|`|:[a-z+-][\w+'-]*:/i;
/** Shown for the sign that would end a code span. */
const BACKTICK_SHOWN = '\u02cb';

/**
 * Plain text for mrkdwn: what looks like markup is shown, never obeyed. mrkdwn has no sign that
 * escapes `*`, `_`, `~`: words with them are shown as code, in which nothing is obeyed.
 */
export function escaped(text: string): string {
  const words = oneLine(text).split(' ');
  const shown = words.map((word, at) => {
    // At the beginning of a line it would be a quote.
    const isObeyed = OBEYED.test(word) || (at === 0 && word.startsWith('>'));
    return isObeyed ? asCode(word) : word;
  });
  return shown.join(' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The stops of a sentence stay outside. */
function asCode(word: string): string {
  const end = /[.,;!?]*$/.exec(word)?.index ?? word.length;
  const code = word.slice(0, end).replaceAll('`', BACKTICK_SHOWN);
  return `\`${code}\`${word.slice(end)}`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').replace(UNSEEN, '\uFFFD');

/** A name from outside, as one line of a name's length. The caller escapes the sentence it is put in. */
export const named = (name: string): string => cut(oneLine(name), NAME_CHARS_MAX);

/** At most so many characters, without half of what belongs together at the end. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const kept = withoutHalf(text.slice(0, charsMax - 1));
  const isCodeOpen = kept.split('`').length % 2 === 0;
  if (!isCodeOpen) return `${kept}…`;
  const shorter = withoutHalf(kept.slice(0, -1));
  return kept.endsWith('`') ? `${shorter}…` : `${shorter}…\``;
}

/** No half entity, mention or surrogate pair. */
const withoutHalf = (text: string): string =>
  text
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/&[a-z]{0,3}$/, '')
    .replace(/<[^<>]*$/, '');

/** A user's or user group's mention, for ids that Slack gave; anything else is shown as text. */
export function mention(id: string): string {
  if (/^[UW][A-Z0-9-]{1,20}$/.test(id)) return `<@${id}>`;
  return /^S[A-Z0-9-]{1,20}$/.test(id) ? `<!subteam^${id}>` : escaped(named(id));
}

export const channelLink = (channel: string): string =>
  /^[CGD][A-Z0-9-]{1,20}$/.test(channel) ? `<#${channel}>` : escaped(named(channel));

/** In the reader's own time zone; the fallback is UTC. */
export function dateText(at: number): string {
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${utcText(at)}>`;
}

/** `mrkdwn` is markup: what comes from outside must be escaped before. */
export function section(mrkdwn: string): Block {
  // verbatim: names that look like links, channels or users stay text.
  const text = cut(mrkdwn, SECTION_CHARS_MAX);
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

export function note(mrkdwn: string): Block {
  const text = cut(mrkdwn, SECTION_CHARS_MAX);
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

export interface ButtonOptions {
  readonly action: string;
  readonly label: string;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { title: string; text: string; yes: string; no: string };
}

export function button(options: ButtonOptions): Button {
  if (options.value.length > BUTTON_VALUE_CHARS_MAX) {
    throw new Error(`A button's value of ${options.value.length} characters is too long for Slack`);
  }
  const plain = (text: string, charsMax: number) =>
    ({ type: 'plain_text', text: cut(text, charsMax) }) as const;
  const { confirm } = options;
  return {
    type: 'button',
    action_id: options.action,
    text: plain(options.label, BUTTON_LABEL_CHARS_MAX),
    accessibility_label: cut(options.label, BUTTON_LABEL_CHARS_MAX),
    value: options.value,
    ...(options.style ? { style: options.style } : {}),
    ...(confirm
      ? {
          confirm: {
            title: plain(confirm.title, CONFIRM_TITLE_CHARS_MAX),
            text: plain(confirm.text, CONFIRM_TEXT_CHARS_MAX),
            confirm: plain(confirm.yes, 30),
            deny: plain(confirm.no, 30),
            style: 'danger' as const,
          },
        }
      : {}),
  };
}

export const actions = (buttons: readonly Button[]): readonly Block[] =>
  buttons.length === 0 ? [] : [{ type: 'actions', elements: [...buttons] }];

/** A message whose text is already escaped. */
export function message(text: string, blocks: readonly Block[]): Message {
  return { text: cut(text, TEXT_CHARS_MAX), blocks: blocks.slice(0, BLOCKS_MAX) };
}
