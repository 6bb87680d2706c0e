/** What Slack makes of the text that a person types. Pure functions. */

import { APP, CHANNELS, PEOPLE } from './workspace.ts';

const MENTION = /(^|[\s(])([@#])([\w.-]*\w)/g;
const BROADCASTS: readonly string[] = ['channel', 'here', 'everyone'];

/**
 * Escaped, and with `@name` and `#name` as references. `withNames` is the form of slash commands
 * that have `should_escape` on: `<@U…|name>`. Names that Slack does not know stay as typed.
 */
export function slackTextOf(typed: string, { withNames }: { readonly withNames: boolean }): string {
  return escaped(typed).replace(MENTION, (whole, before: string, sign: string, name: string) => {
    const reference = sign === '@' ? mention(name, withNames) : channelReference(name);
    return reference === undefined ? whole : `${before}${reference}`;
  });
}

export const mentionsApp = (text: string): boolean => text.includes(`<@${APP.userId}>`);

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function mention(name: string, withNames: boolean): string | undefined {
  if (BROADCASTS.includes(name)) return `<!${name}>`;
  const known = [...PEOPLE, { id: APP.userId, name: APP.name }];
  const person = known.find((one) => one.name === name);
  if (!person) return undefined;
  return withNames ? `<@${person.id}|${person.name}>` : `<@${person.id}>`;
}

function channelReference(name: string): string | undefined {
  const place = CHANNELS.find((one) => one.name === name);
  return place ? `<#${place.id}|${place.name}>` : undefined;
}
