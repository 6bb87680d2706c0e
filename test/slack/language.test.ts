import { describe, expect, it } from '@jest/globals';
import { wordsForIn } from '../../src/slack/language.ts';
import { wordsIn } from '../../src/texts/words.ts';

type Client = Parameters<typeof wordsForIn>[0]['client'];

function bench(answer: (user: string) => Promise<string>) {
  const asked: string[] = [];
  const logged: string[] = [];
  const clock = { now: 0 };
  const info = async ({ user }: { user: string }) => {
    asked.push(user);
    return { ok: true, user: { id: user, locale: await answer(user) } };
  };
  const client = { users: { info } } as unknown as Client;
  const log = (event: string) => logged.push(event);
  return { asked, logged, clock, options: { client, log, now: () => clock.now } };
}

describe('the words for a person', () => {
  it("are in the person's own language, which is asked for once an hour", async () => {
    const { asked, clock, options } = bench(async () => 'it-IT');
    const wordsFor = wordsForIn(options);
    expect(await wordsFor('U1')).toBe(wordsIn('it'));
    await Promise.all([wordsFor('U1'), wordsFor('U1')]);
    expect(asked).toEqual(['U1']);
    clock.now += 3_600_001;
    await wordsFor('U1');
    expect(asked).toEqual(['U1', 'U1']);
  });

  it("are the person's also where the channel's are others, which nobody is asked for", async () => {
    const { asked, options } = bench(async () => 'en-US');
    const wordsFor = wordsForIn({ ...options, language: 'it' });
    expect(await wordsFor()).toBe(wordsIn('it'));
    expect(await wordsForIn(options)()).toBe(wordsIn('en'));
    expect(asked).toEqual([]);
    expect(await wordsFor('U1')).toBe(wordsIn('en'));
  });

  it('are those of the channel where Slack does not tell, or names a language not spoken', async () => {
    const { asked, logged, clock, options } = bench(async (user) => {
      if (user === 'U2') throw new Error('missing_scope');
      return 'fr-FR';
    });
    const wordsFor = wordsForIn(options);
    expect(await wordsFor('U1')).toBe(wordsIn('en'));
    expect(await wordsFor('U2')).toBe(wordsIn('en'));
    expect(logged).toEqual(['slack-language-unknown']);
    await wordsFor('U2');
    clock.now += 60_001;
    await wordsFor('U2');
    expect(asked).toEqual(['U1', 'U2', 'U2']);
    expect(await wordsForIn({ ...options, language: 'it' })('U1')).toBe(wordsIn('it'));
  });

  it('do not make an answer wait for a Slack that is silent', async () => {
    const { options } = bench(() => new Promise(() => {}));
    expect(await wordsForIn(options)('U1')).toBe(wordsIn('en'));
  });

  it('are remembered for a bounded number of people', async () => {
    const { asked, options } = bench(async () => 'en-US');
    const wordsFor = wordsForIn(options);
    for (let user = 0; user <= 1000; user += 1) await wordsFor(`U${user}`);
    await wordsFor('U1000');
    expect(asked).toHaveLength(1001);
    await wordsFor('U0');
    expect(asked).toHaveLength(1002);
  });
});
