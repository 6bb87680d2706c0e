import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { execForm, only, readDockerfile } from './dockerfile.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const file = readDockerfile(read('Dockerfile'));
const indexOf = (name: string, text: RegExp): number =>
  file.findIndex((one) => one.name === name && text.test(one.text));

describe('the Dockerfile', () => {
  it('begins with a slim Node of the version that package.json demands', () => {
    const wanted = /^>=(\d+)\./.exec(String(JSON.parse(read('package.json')).engines.node))?.[1];
    expect(only(file, 'FROM')).toBe(`node:${wanted}-slim`);
  });

  it('runs as a user without rights, who does not own the code', () => {
    expect(only(file, 'USER')).toBe('node');
    const user = indexOf('USER', /./);
    expect(indexOf('COPY', /^src /)).toBeLessThan(user);
    expect(indexOf('RUN', /^npm ci --omit=dev /)).toBeLessThan(user);
    expect(user).toBeLessThan(indexOf('RUN', /^mkdir -p \/home\/node\/state$/));
    expect(read('Dockerfile')).not.toContain('--chown');
  });

  it('builds nothing: Node runs the sources', () => {
    const commands = file.filter(({ name }) => name === 'RUN').map(({ text }) => text);
    expect(commands).toHaveLength(2);
    for (const command of [only(file, 'CMD'), only(file, 'HEALTHCHECK')]) {
      const [program, ...args] = execForm(command);
      // Without npm or a shell in between, SIGTERM reaches the bot itself.
      expect(program).toBe('node');
      expect(args.slice(0, 2)).toEqual(['--disable-warning=ExperimentalWarning', 'src/cli.js']);
    }
  });

  it('stops by the signal that the bot ends well on', () => {
    expect(only(file, 'STOPSIGNAL')).toBe('SIGTERM');
    expect(read('src/cli/processes.ts')).toContain("'SIGTERM'");
  });

  it('keeps its state in a volume that is made before, so that it belongs to the user', () => {
    const folder = only(file, 'VOLUME');
    expect(file).toContainEqual({ name: 'ENV', text: `FERRY_STATE=${folder}` });
    expect(indexOf('RUN', new RegExp(`^mkdir -p ${folder}$`))).toBeLessThan(indexOf('VOLUME', /./));
  });

  it('copies what exists, and only what .dockerignore lets through', () => {
    const ignore = read('.dockerignore').trimEnd().split('\n');
    expect(ignore[0]).toBe('*');
    const allowed = ignore.slice(1).map((line) => line.replace(/^!/, ''));
    const copied = file
      .filter(({ name }) => name === 'COPY')
      .flatMap(({ text }) => text.split(' ').slice(0, -1));
    expect(copied.toSorted()).toEqual(allowed.toSorted());
    for (const name of copied) expect(existsSync(join(root, name))).toBe(true);
  });
});
