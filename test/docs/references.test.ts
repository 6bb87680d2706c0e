/** Whatever the documents name is there: pages, files, scripts, commands, variables. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { auditCommand } from '../../src/cli/audit.ts';
import { diskCommand } from '../../src/cli/disk.ts';
import { doctorCommand, healthCommand } from '../../src/cli/doctor.ts';
import { labCommand } from '../../src/cli/lab.ts';
import { migrationCommand } from '../../src/cli/migration.ts';
import { botCommand, workerCommand } from '../../src/cli/processes.ts';
import { streamCommand } from '../../src/cli/stream.ts';
import type { Fact } from '../../src/domain/problem.ts';
import { catalogueCodes, textsIn } from '../../src/texts/catalogue.ts';
import { LANGUAGES } from '../../src/texts/words.ts';
import { anchorsOf, codeIn, PAGES, type Page, pageOf, ROOT, rowsOf, sectionOf } from './pages.ts';

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const README = pageOf('README.md');
const NAMES = PAGES.map(({ name }) => name);

describe('links', () => {
  const linksOf = ({ prose }: Page): string[] =>
    [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target));

  it.each(NAMES)('of %s lead to what is there', (name) => {
    const broken = linksOf(pageOf(name)).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? name : posix.join(dirname(name), path);
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && !anchorsOf(pageOf(file)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('of the README lead to every page and every picture', () => {
    const linked = linksOf(README);
    const pages = NAMES.filter((name) => /^docs\/[^/]+$/.test(name));
    expect(pages.filter((name) => !linked.includes(name))).toEqual([]);
    const shown = PAGES.flatMap(linksOf).map((target) => posix.basename(target));
    const pictures = readdirSync(join(ROOT, 'docs/images'));
    expect(pictures.filter((picture) => !shown.includes(picture))).toEqual([]);
  });
});

describe('files', () => {
  it.each(NAMES)('that %s names are there', (name) => {
    const named = codeIn(pageOf(name).text).filter((code) =>
      /^(?:src|test|jobs|docs|\.ci)\/[\w./-]+$/.test(code),
    );
    expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

describe('scripts', () => {
  const scripts = Object.keys(JSON.parse(read('package.json')).scripts);

  it('that are named are those of package.json', () => {
    const named = PAGES.flatMap(({ name, text }) =>
      [...text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, script]) => [name, script]),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(([, script = '']) => !scripts.includes(script))).toEqual([]);
  });
});

describe('commands', () => {
  const program = new Command('ferry').option('--env <file>');
  const groups = [migrationCommand(), auditCommand(), diskCommand(), streamCommand()];
  const single = [botCommand(), workerCommand(), labCommand(), doctorCommand(), healthCommand()];
  for (const command of [...groups, ...single]) program.addCommand(command);

  /** Why this line could not be typed, if so. */
  const faultOf = (line: string): string | undefined => {
    let command = program;
    const args: string[] = [];
    const words = line.match(/"[^"]*"|\S+/g) ?? [];
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? '';
      if (word.startsWith('--')) {
        const option = command.options.find(({ long }) => long === word);
        if (!option) return `${line}: there is no option ${word}`;
        if (option.required) index += 1;
        continue;
      }
      const next = command.commands.find((one) => one.name() === word);
      if (next) command = next;
      else args.push(word);
    }
    if (command === program || command.commands.length > 0) return `${line}: no command`;
    const { registeredArguments: takes } = command;
    return args.length === takes.length ? undefined : `${line}: takes ${takes.length} arguments`;
  };

  it('are found wrong when they are', () => {
    const lines = ['migration undo m1', 'migration', 'disk compare A', 'lab --speed', '--env x'];
    for (const line of lines) expect(faultOf(line)).toContain(line);
    expect(faultOf('--env x.env migration limit m1 50MB/s')).toBeUndefined();
  });

  it('that are shown can be typed', () => {
    const shown = PAGES.flatMap(({ text }) =>
      [...text.matchAll(/npm run (?:-s )?(ferry|lab) -- ([^`\n]*?)(?: >>?.*)?(?=[`'\n"]\s*|$)/gm)]
        .filter(([, , line = '']) => !/COMMAND|…/.test(line))
        .map(([, script, line]) => (script === 'lab' ? `lab ${line}` : `${line}`)),
    );
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('that are named in code can be typed', () => {
    const named = PAGES.flatMap(({ prose }) => codeIn(prose)).filter((code) =>
      /^(?:migration|audit|disk|stream) [a-z]/.test(code),
    );
    expect(named.length).toBeGreaterThan(10);
    // Prose may leave out the operation.
    const faults = named.map((code) => faultOf(/ [A-Z]/.test(code) ? code : `${code} ID`));
    const bare = named.map((code) => faultOf(code));
    const wrong = faults.filter((fault, index) => fault !== undefined && bare[index] !== undefined);
    expect(wrong).toEqual([]);
  });

  it('that a sentence to people names can be typed', () => {
    // Whatever a sentence asks for is there, so that what it puts into the line is seen as well.
    const facts = new Proxy<Record<string, Fact>>({}, { get: (_, name) => `a-${String(name)}` });
    const said = LANGUAGES.flatMap((language) =>
      catalogueCodes().flatMap((code) => Object.values(textsIn(language)({ code, facts }))),
    );
    const typed = said.flatMap((text) =>
      [...text.matchAll(/npm run -s ferry -- ([^"…]*?)(?="|\. |, |\.?$)/g)].map(([, line]) => line),
    );
    expect(typed.length).toBeGreaterThan(50);
    expect(typed.map((line = '') => faultOf(line)).filter((one) => one !== undefined)).toEqual([]);
    // There is no program of this name, and no such command without its environment.
    expect(
      said.filter((text) =>
        /ferry migration|(?<!--env \S+ )\bmigration (?:show|retry|rollback|cancel|heal-store|unfence)\b/.test(
          text,
        ),
      ),
    ).toEqual([]);
  });

  it('are all in the README', () => {
    const section = rowsOf(sectionOf(README, 'On the command line')).map(([cell = '']) => cell);
    const words = new Set(section.flatMap(codeIn).flatMap((code) => code.split(' ')));
    const all = [...groups.flatMap(({ commands }) => commands), ...single];
    const missing = all.map((command) => command.name()).filter((name) => !words.has(name));
    // The lab has a page of its own.
    expect(missing).toEqual(['lab']);
  });

  it('of the lab have all their options on its page', () => {
    const shown = codeIn(rowsOf(pageOf('docs/lab.md').text).flat().join('\n'));
    const wanted = labCommand().options.map(({ long }) => long ?? '');
    expect(wanted.filter((long) => !shown.some((code) => code.split(' ')[0] === long))).toEqual([]);
  });
});

describe('variables', () => {
  const example = [...read('.env.example').matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(
    ([, name = '']) => name,
  );
  const compose = [...read('compose.yaml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name);
  /** Node's own, what tests alone read, and of one command. */
  const others = [
    ...['NODE_EXTRA_CA_CERTS', 'NODE_USE_ENV_PROXY', 'HTTPS_PROXY', 'CHROMIUM_PATH'],
    'FERRY_TICKET',
  ];
  const known = new Set([...example, ...compose, ...others]);
  const namedIn = (text: string): string[] =>
    text.match(/\b(?:FERRY|SLACK|STORE|LOG|REDIS|NODE|HTTPS|CHROMIUM)_[A-Z_]+\b/g) ?? [];

  it.each(NAMES)('that %s names are read', (name) => {
    expect(namedIn(pageOf(name).text).filter((one) => !known.has(one))).toEqual([]);
  });

  it('that a sentence to people names are read', () => {
    const texts = readdirSync(join(ROOT, 'src/texts'), { recursive: true })
      .map((name) => join('src/texts', String(name)))
      .filter((name) => name.endsWith('.ts'));
    // Constants of these files look the same; only what stands in a text counts.
    const named = texts.flatMap((name) =>
      [...read(name).matchAll(/(['"`])(?:(?!\1)[^\n])*\1/g)].flatMap(([text]) => namedIn(text)),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((one) => !known.has(one))).toEqual([]);
    const roles = /(?<!_)\b(?:OPERATORS|APPROVERS|VIEWERS)\b/;
    expect(texts.filter((name) => roles.test(read(name)))).toEqual([]);
  });

  it('are all in the README', () => {
    const shown = new Set(codeIn(sectionOf(README, 'Environment')));
    expect(example.filter((name) => !shown.has(name))).toEqual([]);
  });
});
