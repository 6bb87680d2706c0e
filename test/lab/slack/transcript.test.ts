import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { followTranscript, Transcript } from '../../../src/lab/slack/transcript.ts';
import { until } from '../../until.ts';
import { buttonBlock, webClientOf } from './bolt-bot.ts';
import { labMessage as message } from './lab-message.ts';
import { mrkdwn } from './rule-slack.ts';

const SECOND_MS = 1_000;

const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });

describe('the transcript', () => {
  function transcript() {
    const printed: string[] = [];
    // The time of day is the reader's own: cut off here.
    const print = (line: string) => printed.push(line.slice('12:00:00'.length));
    return { printed, transcript: new Transcript(print, 5 * SECOND_MS) };
  }

  it('shows authors, threads, and to whom an ephemeral message goes', () => {
    const { printed, transcript: shown } = transcript();
    const threadTs = '1690000000.000200';
    shown.show(
      [
        message({ author: 'U-OPERATOR', kind: 'command', text: '/migrate dc02 to hv-b' }),
        message({ ts: threadTs, text: 'Plan\nApprove?' }),
        message({ ts: '1690000000.000300', threadTs, text: 'Copied\n40 GiB' }),
        message({ ts: '1690000000.000400', kind: 'ephemeral', to: 'U-STRANGER', text: 'No' }),
        message({ ts: '1690000000.000500', channel: 'C-OFFICE', text: 'Moved' }),
      ],
      0,
    );
    expect(printed).toEqual([
      '  olga    /migrate dc02 to hv-b',
      '  ferry   Plan',
      '          Approve?',
      '      ferry   Copied',
      '              40 GiB',
      '  ferry  (to zoe)  No',
      '  ferry  in #office  Moved',
    ]);
  });

  it('shows of an edit the lines that are new, not more often than asked for', () => {
    const { printed, transcript: shown } = transcript();
    const edit = (text: string, atSeconds: number) =>
      shown.show([message({ text })], atSeconds * SECOND_MS);
    edit('Moving dc02\n0 %', 0);
    edit('Moving dc02\n10 %', 1);
    edit('Moving dc02\n20 %', 4);
    edit('Moving dc02\n30 %', 5);
    edit('Moving dc02\n30 %', 11);
    edit('Moving dc02\n40 %', 12);
    edit('Moving dc02\n50 %', 13);
    expect(shown.dueInMs(13 * SECOND_MS)).toBe(4 * SECOND_MS);
    shown.show([], 17 * SECOND_MS);
    expect(printed).toEqual([
      '  ferry   Moving dc02',
      '          0 %',
      '  ferry  ~  30 %',
      '  ferry  ~  40 %',
      '  ferry  ~  50 %',
    ]);
    expect(shown.dueInMs(17 * SECOND_MS)).toBe(Number.POSITIVE_INFINITY);
  });

  it('shows the last edit before the message that followed it', () => {
    const { printed, transcript: shown } = transcript();
    shown.show([message({ text: '0 %' })], 0);
    shown.show([message({ text: '99 %' })], 1);
    shown.show([message({ ts: '1690000000.000900', text: 'Done' })], 2);
    expect(printed).toEqual(['  ferry   0 %', '  ferry  ~  99 %', '  ferry   Done']);
  });

  it('shows that a message was deleted, and nothing of one that it never showed', () => {
    const { printed, transcript: shown } = transcript();
    shown.show([message({ text: 'oops' })], 0);
    shown.show([message({ text: 'oops', isDeleted: true })], 6 * SECOND_MS);
    shown.show([message({ ts: '1690000000.000900', isDeleted: true })], 7 * SECOND_MS);
    expect(printed).toEqual(['  ferry   oops', '  ferry  ~  (deleted)']);
  });

  it('follows a channel until it is told to stop, and then shows what is last', async () => {
    const standIn = await startSlackStandIn();
    const client = webClientOf(standIn.addresses);
    await standIn.say('olga', 'of an earlier start');
    let written = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk);
        done();
      },
    });
    const abort = new AbortController();
    const options = { from: 'now', signal: abort.signal } as const;
    const following = followTranscript(standIn, stream, options);
    await new Promise(setImmediate);
    await standIn.say('olga', '/migrate dc02 to hv-b');
    const channel = 'C-MIGRATIONS';
    const blocks = [section('0 %'), buttonBlock('cancel', 'Cancel', 'v')];
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'Plan', blocks });
    await until(() => written.includes('[Cancel]'));
    for (const text of ['50 %', 'Done']) await client.chat.update({ channel, ts, text });
    const { version } = await standIn.changes(0);
    await standIn.say('olga', 'thanks');
    await until(() => written.includes('thanks'));
    await client.chat.update({ channel, ts, text: 'Done, and cleaned up' });
    await standIn.changes(version, SECOND_MS);
    await new Promise(setImmediate);
    abort.abort();
    await following;
    await standIn.stop();
    const lines = written.trimEnd().split('\n');
    expect(lines.map((line) => line.slice('12:00:00'.length))).toEqual([
      '  olga    /migrate dc02 to hv-b',
      '  slackbot (to olga)  /migrate failed with the error "dispatch_failed"',
      '  ferry   0 %',
      '          [Cancel]',
      '  ferry  ~  Done',
      '  olga    thanks',
      '  ferry  ~  Done, and cleaned up',
    ]);
  });
});
