import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Fact, Facts } from '../../src/domain/problem.ts';
import { catalogueCodes, type Text, textsIn } from '../../src/texts/catalogue.ts';
import { LANGUAGES, type Language } from '../../src/texts/words.ts';

const CODES = catalogueCodes();
const OTHERS = LANGUAGES.filter((language) => language !== 'en');

/** A fact that shows wherever words say it; in a list, so that words for lists say it as well. */
const marked = (name: string): Fact => [`‹${name}›`];
/** Another number for each fact, in no text by itself; rounded, it is still another. */
const numbered = (name: string): Fact =>
  [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7) + 10_000;

/** Facts whose value turns a sentence into another one. */
const TURNING: Readonly<Record<string, readonly Fact[]>> = {
  host: ['bot', 'hv-x'],
  target: ['hv-x'],
  token: ['app', 'bot'],
  seconds: [-1],
  here: [[]],
  error: ['missing_scope', 'no_such_subteam', 'plan_upgrade_required'],
};

/** The names of the facts that a code's words ask for. */
function readBy(code: string, language: Language): string[] {
  const read = new Set<string>();
  const facts = new Proxy<Record<string, Fact>>(
    {},
    {
      get(_, name) {
        read.add(String(name));
        return marked(String(name));
      },
    },
  );
  textsIn(language)({ code, facts });
  return [...read].toSorted();
}

/** The sentences of a code: with all its facts, without each, and with each value that turns it. */
function saidOf(code: string, factFor: (name: string) => Fact): [Facts, ...Facts[]] {
  const names = readBy(code, 'en');
  const whole = Object.fromEntries(names.map((name) => [name, factFor(name)]));
  const without = names.map((name) => {
    const { [name]: _, ...others } = whole;
    return others;
  });
  const turned = names.flatMap((name) =>
    (TURNING[name] ?? []).map((value) => ({ ...whole, [name]: value })),
  );
  const alike = { ...whole, host: 'hv-x', target: 'hv-x' };
  return [whole, ...without, ...turned, ...(names.includes('target') ? [alike] : [])];
}

const both = ({ text, remedy }: Text): string => `${text}\n${remedy}`;
const factsIn = (text: string): string[] => [...new Set(text.match(/‹\w+›/g))].toSorted();
const numbersIn = (text: string): string[] =>
  [...new Set(text.replaceAll(',', '.').match(/\d+(?:\.\d+)*/g))].toSorted();

/** What is typed: commands, options, names of the environment and of PowerShell, and programs. */
const TYPED = new RegExp(
  [
    String.raw`/invite|/migrate(?: (?:cancel|copies|delete copy|doctor|enroll|help|history|hosts|limit|pause|plan|resume|retry|rollback|status|vms)\b)?`,
    '(?:ferry )?migration (?:cancel|heal-store|retry|rollback|show|unfence)|disk info',
    String.raw`(?<![\w-])--?[A-Za-z][\w-]+`,
    String.raw`\b[A-Z][a-z]+-[A-Z]\w+|\b[A-Z]{4,}(?:_[A-Z]+)*\b`,
    String.raw`\b(?:npm|docker|icacls|chown|findmnt|w32tm|timedatectl|schtasks|redis-cli|psql)\b`,
  ].join('|'),
  'g',
);
const typedIn = (text: string): string[] => [...new Set(text.match(TYPED))].toSorted();

/** Small words of English that Italian does not have. */
const ENGLISH = /\b(?:the|is|are|was|not|and|of|with|for|from|to|that|then|this|has)\b/i;
/** Facts, and what is typed or shown by another program, are the same in each language. */
const wordsIn = (text: string): string =>
  text.replace(/"[^"]*"|‹\w+›/g, '').replace(/(\/migrate .*?) to /g, '$1 ');

describe.each(LANGUAGES)('the catalogue in %s', (language) => {
  it('shows an unknown code as it is, also one that every object has', () => {
    const said = (code: string) => textsIn(language)({ code, facts: { vm: 'dc02' } });
    for (const code of ['of-tomorrow', 'toString', '__proto__']) {
      expect(said(code).text).toBe(`${code} {"vm":"dc02"}`);
    }
    const { remedy } = said('of-tomorrow');
    expect(remedy).toMatch({ en: /^Report this code/, it: /^Segnala questo codice/ }[language]);
  });

  it('has each code once', async () => {
    const folder = join(import.meta.dirname, '../../src/texts', language);
    const areas = (await readdir(folder)).filter((file) => file !== 'catalogue.ts');
    const codes: string[] = [];
    for (const file of areas) {
      const words: Record<string, object> = await import(join(folder, file));
      const names = Object.keys(words).filter((name) => /problems$/i.test(name));
      codes.push(...names.flatMap((name) => Object.keys(words[name] ?? {})));
    }
    expect(codes.toSorted()).toEqual(CODES.toSorted());
    expect(new Set(codes).size).toBeGreaterThan(350);
  });

  it('says of each what happened and what to do', () => {
    const said = CODES.map((code) => {
      const [facts] = saidOf(code, marked);
      return { code, ...textsIn(language)({ code, facts }) };
    });
    const isWell = ({ text, remedy }: Text): boolean =>
      text.length > 10 && remedy.length > 6 && !/undefined|\[object/.test(`${text} ${remedy}`);
    expect(said.filter((one) => !isWell(one))).toEqual([]);
  });
});

describe.each(OTHERS)('each code in %s', (language) => {
  it('is read with the facts of English', () => {
    expect(CODES.map((code) => [code, readBy(code, language)])).toEqual(
      CODES.map((code) => [code, readBy(code, 'en')]),
    );
    expect(CODES.filter((code) => readBy(code, 'en').length > 0).length).toBeGreaterThan(250);
  });

  it.each(CODES)(
    'shows the facts, numbers and commands of English, in its own words: %s',
    (code) => {
      const say = (facts: Facts, spoken: Language): Text => textsIn(spoken)({ code, facts });
      for (const facts of [...saidOf(code, marked), ...saidOf(code, numbered)]) {
        const [english, other] = [say(facts, 'en'), say(facts, language)];
        expect(factsIn(other.text)).toEqual(factsIn(english.text));
        expect(factsIn(other.remedy)).toEqual(factsIn(english.remedy));
        expect(numbersIn(both(other))).toEqual(numbersIn(both(english)));
        expect(typedIn(both(other))).toEqual(typedIn(both(english)));
        expect(other.text).not.toBe(english.text);
        expect(other.remedy).not.toBe(english.remedy);
        expect(wordsIn(both(other))).not.toMatch(ENGLISH);
      }
    },
  );
});

describe('what must differ between languages', () => {
  it('is looked for in every other language', () => {
    expect(OTHERS).toEqual(['it']);
    expect(factsIn('‹vm› on ‹host›, ‹vm›')).toEqual(['‹host›', '‹vm›']);
    expect(numbersIn('1,5 GiB di 2')).toEqual(['1.5', '2']);
    expect(typedIn('Type "ferry migration retry" or Get-Volume --env FERRY_STATE')).toEqual([
      '--env',
      'FERRY_STATE',
      'Get-Volume',
      'ferry migration retry',
    ]);
  });
});
