import { describe, expect, it } from '@jest/globals';
import { anyHas, askBoth, findingsOf, has, judge, refusals } from '../../src/preflight/check.ts';
import { subjectOf } from './facts.ts';
import { DENIED, LACKS, value, windowsSubject } from './windows.ts';

const say = findingsOf('memory');
const WORDS = 'Access is denied. (0x80070005)';

describe('one answer of Windows', () => {
  const rule = (size: number) => (size > 1 ? say.blocker({ size }) : undefined);
  const unread = say.unread('the size');

  it('is judged by the rule when it is known', () => {
    expect(judge(value(2), unread, rule)).toMatchObject({
      severity: 'blocker',
      facts: { size: 2 },
    });
    expect(judge(value(1), unread, rule)).toBeUndefined();
  });

  it('is unknown, with what Windows said, when it was refused', () => {
    expect(judge(DENIED, unread, rule)).toEqual({
      check: 'memory',
      severity: 'unknown',
      code: 'memory-unknown',
      facts: { what: `the size (${WORDS})` },
    });
  });

  it('is nothing to judge when the release lacks it or nobody asked', () => {
    const never = () => say.blocker({});
    expect(judge(LACKS, unread, never)).toBeUndefined();
    expect(judge(undefined, unread, never)).toBeUndefined();
    expect([value(0), DENIED, LACKS, undefined].map(has)).toEqual([true, true, false, false]);
  });
});

describe('one question to both hosts', () => {
  it('gives what is known, and names what is not', () => {
    const subject = windowsSubject({ target: { build: DENIED } });
    const { known, unread } = askBoth(subject, 'the build', ({ build }) => build);
    expect(known.map(({ host, value: build }) => [host.name, build])).toEqual([['hv-a', 20348]]);
    expect(unread).toBe(`the build of hv-b (${WORDS})`);
  });

  it('leaves out a host that lacks the thing, and one that is no Windows', () => {
    const lacking = windowsSubject({ source: { build: LACKS } });
    const asked = askBoth(lacking, 'the build', ({ build }) => build);
    expect(asked.known.map(({ host }) => host.name)).toEqual(['hv-b']);
    expect(asked.unread).toBeUndefined();
    expect(askBoth(subjectOf(), 'the build', ({ build }) => build).known).toEqual([]);
    expect(anyHas(lacking, ({ build }) => build)).toBe(true);
    expect(anyHas(subjectOf(), ({ build }) => build)).toBe(false);
  });

  it('names both hosts where neither answered', () => {
    const neither = windowsSubject({ source: { build: DENIED }, target: { build: DENIED } });
    expect(askBoth(neither, 'the build', ({ build }) => build).unread).toBe(
      `the build of hv-a (${WORDS}); the build of hv-b (${WORDS})`,
    );
  });
});

describe('questions to be answered by yes', () => {
  it('tell those with a no apart from those without an answer', () => {
    const asked = [
      { name: 'a', what: 'door a', read: value(true) },
      { name: 'b', what: 'door b', read: value(false) },
      { name: 'c', what: 'door c', read: DENIED },
      { name: 'd', what: 'door d', read: LACKS },
    ];
    expect(refusals(asked)).toEqual({ no: ['b'], unread: `door c (${WORDS})` });
    expect(refusals([])).toEqual({ no: [], unread: undefined });
  });
});
