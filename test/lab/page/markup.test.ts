import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dateText, type Piece, piecesOf, unescaped } from '../../../src/lab/page/client/markup.ts';

const text = (words: string): Piece => ({ kind: 'text', text: words });

/** All that is shown of a text, whatever its form. */
const shown = (piece: Piece): string => {
  if ('pieces' in piece) return piece.pieces.map(shown).join('');
  if (piece.kind === 'break') return '\n';
  return 'text' in piece ? piece.text : 'label' in piece ? piece.label : piece.fallback;
};

describe('mrkdwn on the page', () => {
  it('shows bold, italic, struck and code as such, also inside one another', () => {
    expect(piecesOf('*bold* _it_ ~gone~ `a < b`'.replace('<', '&lt;'))).toEqual([
      { kind: 'bold', pieces: [text('bold')] },
      text(' '),
      { kind: 'italic', pieces: [text('it')] },
      text(' '),
      { kind: 'strike', pieces: [text('gone')] },
      text(' '),
      { kind: 'code', text: 'a < b' },
    ]);
    expect(piecesOf('*a _b_*')).toEqual([
      { kind: 'bold', pieces: [text('a '), { kind: 'italic', pieces: [text('b')] }] },
    ]);
  });

  it('leaves signs alone that stand within words or sums', () => {
    for (const words of ['snake_case_name', '2 * 3 * 4', 'a~b~c', '* not bold *']) {
      expect(piecesOf(words)).toEqual([text(words)]);
    }
  });

  it('knows mentions, channels, groups, links and broadcasts', () => {
    expect(piecesOf('<@U-OPERATOR><#C1|migrations><!subteam^S1|ops><!channel>')).toEqual([
      { kind: 'user', id: 'U-OPERATOR', label: '' },
      { kind: 'channel', id: 'C1', label: 'migrations' },
      { kind: 'group', id: 'S1', label: 'ops' },
      { kind: 'broadcast', text: 'channel' },
    ]);
    expect(piecesOf('<https://a.example/?x=1&amp;y=2|here>')).toEqual([
      { kind: 'link', url: 'https://a.example/?x=1&y=2', label: 'here' },
    ]);
  });

  it('makes no link of what a browser would run', () => {
    expect(piecesOf('<javascript:alert(1)|press me>')).toEqual([text('press me')]);
    expect(piecesOf('<data:text/html,x>')).toEqual([text('data:text/html,x')]);
  });

  it('shows markup that was escaped, and obeys none of it', () => {
    expect(piecesOf('&lt;!channel&gt; &lt;b&gt;x&lt;/b&gt; &amp;lt;')).toEqual([
      text('<!channel> <b>x</b> &lt;'),
    ]);
  });

  it('keeps preformatted text as it is, and quotes line by line', () => {
    expect(piecesOf('```\n*a*\n```after')).toEqual([{ kind: 'pre', text: '*a*\n' }, text('after')]);
    expect(piecesOf('&gt; one\n&gt; two\nthree')).toEqual([
      { kind: 'quote', pieces: [text('one'), { kind: 'break' }, text('two')] },
      text('three'),
    ]);
  });

  it('loses no character of a text without markup, whatever it is', () => {
    const plain = fc
      .string({ unit: 'grapheme', maxLength: 300, size: 'max' })
      .map((words) => words.replace(/[*_~`<>&\r]/g, ''));
    fc.assert(
      fc.property(plain, (words) => {
        expect(piecesOf(words).map(shown).join('')).toBe(unescaped(words));
      }),
    );
  });

  it('writes dates for the reader, and the fallback for what is none', () => {
    const [date] = piecesOf('<!date^1792060200^{date_short_pretty} at {time}|then>');
    if (date?.kind !== 'date') throw new Error('That is a date');
    const at = new Date(1792060200 * 1000);
    expect(dateText(date, at, 'en-GB')).toMatch(/^today at \d\d:\d\d$/);
    expect(dateText(date, new Date(at.getTime() + 86_400_000), 'en-GB')).toMatch(/^yesterday at/);
    expect(dateText({ ...date, seconds: Number.NaN }, at)).toBe('then');
  });
});
