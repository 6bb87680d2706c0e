import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { EXPORT_AUDIT, exportText, readExport } from '../../src/slack/actions/clicks.ts';
import { answerExport } from '../../src/slack/actions/export-audit.ts';
import { edgeOf, type FakeEdge } from './edge.ts';
import { APPROVER, STRANGER, VIEWER } from './fake-operations.ts';

const click = (user: string, value: string | undefined) => ({
  actionId: EXPORT_AUDIT,
  value,
  user,
  channel: 'C-MIGRATIONS',
});

/** Remembers for which VM it was asked. */
function exporting(lines: number, isCut = false): { edge: FakeEdge; asked: unknown[] } {
  const asked: unknown[] = [];
  const edge = edgeOf();
  const exportAudit: FakeEdge['exportAudit'] = async (asker, vm) => {
    asked.push([asker.channel, vm]);
    return { lines, isCut };
  };
  return { edge: { ...edge, exportAudit }, asked };
}

describe('a click on Export', () => {
  it('sends the audit of the VM that the button was shown for, and is in the audit', async () => {
    const { edge, asked } = exporting(12);
    const { text } = await answerExport(click(APPROVER, exportText('<dc02>')), edge);
    expect(text).toBe('12 lines are in the file.');
    expect(asked).toEqual([['C-MIGRATIONS', '<dc02>']]);
    expect(edge.audited.map(({ what, outcome }) => [what, outcome])).toEqual([
      ['export', 'asked'],
      ['export', 'done'],
    ]);
  });

  it('says that there is nothing, or that older lines did not fit', async () => {
    const all = click(APPROVER, exportText(undefined));
    expect((await answerExport(all, exporting(0).edge)).text).toContain('nothing to export');
    expect((await answerExport(all, exporting(1, true).edge)).text).toContain('1 line is in the');
    expect((await answerExport(all, exporting(1, true).edge)).text).toContain('did not fit');
  });

  it.each([VIEWER, STRANGER])('of %s sends nothing and says who may', async (user) => {
    const { edge, asked } = exporting(12);
    expect((await answerExport(click(user, '{}'), edge)).text).toContain('Who may:');
    expect(asked).toEqual([]);
  });

  it('tells why Slack did not take the file', async () => {
    const { edge } = exporting(0);
    const exportAudit = async () => {
      throw new Problem('slack-channel-refused', { channel: 'C1', error: 'not_in_channel' });
    };
    const { text } = await answerExport(click(APPROVER, '{}'), { ...edge, exportAudit });
    expect(text).toContain('cannot write in channel C1');
  });

  it.each([undefined, '', 'x', '[]', '{"vm":""}', '{"vm":7}'])(
    'with %j is answered',
    async (value) => {
      expect(readExport(value)).toBeUndefined();
      const { edge, asked } = exporting(1);
      expect((await answerExport(click(APPROVER, value), edge)).text).toContain(
        'none that the bot',
      );
      expect(asked).toEqual([]);
    },
  );
});
