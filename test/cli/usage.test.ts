import { describe, expect, it } from '@jest/globals';
import { ferry } from './ferry.ts';

describe('what is typed wrong', () => {
  it.each([
    ['nonsense'],
    ['migration', 'frob'],
    ['migration', 'show'],
    ['bot', 'extra'],
    // Exit code 1 would say that they differ.
    ['disk', 'compare', 'a.vhdx'],
    ['doctor', '--json', '--script'],
  ])('ferry %s %s %s is told on stderr with a hint, and exits 2', async (...args) => {
    const { code, out, err } = await ferry(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: .*\n.*Add --help to see what can be typed\.\n$/s);
  });

  it('is no help that was asked for', async () => {
    const { code, out, err } = await ferry(['disk', 'compare', '--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('exit 0: equal');
    expect((await ferry(['--help'])).out).toContain('--env HOST.env');
    expect((await ferry(['migration'])).code).toBe(2);
  });
});
