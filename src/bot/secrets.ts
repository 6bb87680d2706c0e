/** What must not be kept where others read it: tokens of Slack, passwords in addresses, enrolment codes. */

const TOKENS = /\bx(?:ox[a-z]|app)-[\w-]+|(?<=:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/g;
/** Twenty characters of base32, as a worker prints them or without their dashes. */
const CODES = /(?<![A-Z0-9])(?:[A-Z2-7]{5}[\s\p{Pd}]*){4}(?![A-Z0-9])/giu;
/** Also mistyped: whatever follows the host's name may be the code. */
const ENROLLING = /^(\s*enr\S*\s+\S+\s).*$/is;

/** The same value with every secret in its texts replaced. */
export function withoutSecrets<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_key, field: unknown) =>
      typeof field === 'string' ? textWithoutSecrets(field) : field,
    ),
  );
}

/** Of a text that nobody typed: codes of enrolment look like parts of it. */
export const withoutTokens = (text: string): string => text.replace(TOKENS, '[secret]');

const textWithoutSecrets = (text: string): string =>
  withoutTokens(text.replace(ENROLLING, '$1[secret]').replace(CODES, '[secret]'));
