/** English and Italian side by side: the real Bolt against the Slack stand-in, operations in memory. */

import { describe, expect, it } from '@jest/globals';
import { ACTIONS, EXPORT_AUDIT, SHOW_FINDINGS } from '../../src/slack/actions/clicks.ts';
import { type CommandName, GRAMMAR } from '../../src/slack/commands/grammar.ts';
import type { MigrationView } from '../../src/slack/operation-view.ts';
import type { HistoryRow } from '../../src/slack/rows.ts';
import { until } from '../until.ts';
import { APPROVER, hostRowOf, OPERATOR, STRANGER } from './fake-operations.ts';
import { alertOf, type Stage, shownBy, stageOfTest, toldTo } from './stage.ts';

/** Livia's Slack is Italian, that of the others English. */
const ITALIAN = 'U-ITALIAN';
const ALL_MAY = { operators: [OPERATOR, ITALIAN], approvers: [APPROVER, ITALIAN], viewers: [] };

const FINDINGS = [{ check: 'x', severity: 'ok', code: 'vm-state-ok', facts: {} }] as const;
const DONE: HistoryRow = {
  ...{ operation: 'm0', kind: 'migration', vm: 'dc02', source: 'hv-a', target: 'hv-b' },
  ...{ requestedBy: OPERATOR, approvedBy: [APPROVER], outcome: 'migrated', openedAt: 0 },
};

/** What the example of each command is answered with: in English to Olga, in Italian to Livia. */
const ANSWERS: Readonly<Record<CommandName, readonly [english: string, italian: string]>> = {
  ask: ['Choose a VM and a host', 'Scegli una VM e un host'],
  plan: ['Plan for dc02', 'Piano per dc02'],
  status: ['Copying. dc02 runs', 'Copia in corso. dc02 è'],
  hosts: ['500 GiB of 1000 GiB free', '500 GiB liberi su 1000 GiB'],
  vms: ['running on hv-a; 4.0 GiB of', 'in esecuzione su hv-a; 4,0 GiB di'],
  history: ['Nothing was done with dc02', 'Con dc02 non è ancora stato fatto nulla'],
  cancel: ['dc02 is being cancelled', 'Annullamento di dc02 in corso'],
  pause: ['dc02 is being paused', 'dc02 va in pausa'],
  resume: ['dc02 goes on', 'dc02 riprende'],
  retry: ['dc02 is tried again', 'Nuovo tentativo per dc02'],
  rollback: ['dc02 is being rolled back', 'Rollback di dc02 in corso'],
  limit: ['at most 47.7 MiB a second', 'al massimo 47,7 MiB al secondo'],
  align: ['kept aligned on hv-b every 15 min', 'tenuta allineata su hv-b ogni 15 min'],
  unalign: ['is not kept aligned any more', 'non è più tenuta allineata'],
  copies: ['No host that answers has a copy', 'Nessun host che risponde ha una copia'],
  'what-if': ['If hv-a died now', 'Se hv-a si rompesse ora'],
  scheduled: ['Nothing waits for a time', 'Nulla aspetta la sua ora'],
  window: ['begins from 22:00 to 05:00', 'in queste ore: 22:00-05:00'],
  drain: ['Planned as d1', 'Pianificata come d1'],
  return: ['Planned as d2', 'Pianificata come d2'],
  restore: ['People are asked for the restore', "Si chiede l'approvazione del ripristino"],
  delete: ['People are asked', "Si chiede l'approvazione"],
  enroll: ['hv-b is enrolled', 'hv-b è registrato'],
  unenroll: ['hv-b is still trusted', 'hv-b è ancora registrato'],
  doctor: ['Nothing was looked at', 'Non è stato controllato nulla'],
  help: ['bounds how fast', 'limita la velocità'],
  migrate: ['The plan is made', 'Il piano è pronto'],
};

const formOf = async ({ slack }: Stage, user: string, words: string): Promise<string> => {
  let viewId = '';
  await until(async () => {
    const top = (await slack.views(user)).at(-1);
    viewId = top?.viewId ?? '';
    return JSON.stringify(top?.view ?? '').includes(words);
  });
  return viewId;
};

describe('each in their own language', () => {
  it('hear two people what the same command comes to, whichever it is', async () => {
    const stage = await stageOfTest({ roles: ALL_MAY });
    const { slack, operations } = stage;
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    await shownBy(slack, 'Move dc02 from hv-a to hv-b');
    for (const { name, example } of GRAMMAR) {
      const [english, italian] = ANSWERS[name];
      for (const [user, words] of [[OPERATOR, english] as const, [ITALIAN, italian] as const]) {
        operations.change('m1', { state: { kind: 'copying', step: 'x' } });
        await slack.say(user, `/migrate ${example}`.trim());
        if (name === 'ask') await formOf(stage, user, words);
        else await toldTo(slack, user, words);
      }
    }
  });

  it('fill two people in the form, with its checks, errors and end', async () => {
    const stage = await stageOfTest({ roles: ALL_MAY });
    const { slack, operations } = stage;
    operations.rows.hosts = [hostRowOf(), hostRowOf({ name: 'hv-b', vms: [] })];
    for (const [user, title, checked, wrong, end] of [
      [OPERATOR, 'Move a VM', 'What will happen', 'is no value', 'The plan is made'],
      [ITALIAN, 'Sposta una VM', 'Che cosa succederà', 'non è un valore', 'Il piano è pronto'],
    ] as const) {
      await slack.say(user, '/migrate');
      const viewId = await formOf(stage, user, `"text":"${title}"`);
      await formOf(stage, user, '"block_id":"target"');
      for (const [field, value] of [['vm', 'hv-a/dc02'] as const, ['target', 'hv-b'] as const]) {
        await slack.choose(user, { viewId, blockId: field, actionId: `ferry.${field}`, value });
      }
      await formOf(stage, user, checked);
      const limit = { limit: { 'ferry.limit': 'fast' } };
      const { errors } = await slack.submit(user, viewId, limit);
      expect(errors).toEqual({ limit: expect.stringContaining(wrong) });
      await slack.submit(user, viewId, { limit: { 'ferry.limit': '50MB/s' } });
      await formOf(stage, user, end);
    }
  });

  it('are shown findings and the audit by the buttons for these', async () => {
    const { slack, operations } = await stageOfTest({ roles: ALL_MAY });
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    await shownBy(slack, 'Move dc02');
    operations.change('m1', { findings: FINDINGS });
    const { ts } = await shownBy(slack, 'Show all 1 finding');
    operations.rows.history = [DONE];
    for (const [user, well, asked, none] of [
      [OPERATOR, '1 check is well', 'asked by', 'nothing to export'],
      [ITALIAN, '1 controllo a posto', 'richiesto da', 'nulla da esportare'],
    ] as const) {
      await slack.click(user, ts, SHOW_FINDINGS);
      await toldTo(slack, user, well);
      await slack.say(user, '/migrate history');
      const history = await toldTo(slack, user, asked);
      await slack.click(user, history.ts, EXPORT_AUDIT);
      await toldTo(slack, user, none);
    }
  });

  it('hear strangers why no button is for them', async () => {
    const { slack, operations } = await stageOfTest();
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    const { ts } = await shownBy(slack, 'Move dc02');
    const states: readonly [MigrationView['state']['kind'], readonly string[]][] = [
      ['copying', [ACTIONS.pause, ACTIONS.cancel, SHOW_FINDINGS]],
      ['paused', [ACTIONS.resume, ACTIONS.cancel]],
      ['asking', [ACTIONS.approve, ACTIONS.cancel]],
    ];
    const clicked = async (messageTs: string, action: string) => {
      for (const [user, words] of [
        [STRANGER, 'Who may:'] as const,
        [ITALIAN, 'Chi può:'] as const,
      ]) {
        const before = (await slack.ephemerals(user)).length;
        await slack.click(user, messageTs, action);
        await until(async () => (await slack.ephemerals(user)).length > before);
        expect((await slack.ephemerals(user)).at(-1)?.text).toContain(words);
      }
    };
    for (const [kind, actions] of states) {
      operations.change('m1', { findings: FINDINGS, state: { kind, step: kind } });
      await shownBy(slack, `step ${kind}`);
      for (const action of actions) await clicked(ts, action);
    }
    const alert = { ...alertOf('m1'), offers: ['retry', 'rollback', 'cancel'] as const };
    operations.change('m1', { state: { kind: 'needs a person', step: 'x' }, alerts: [alert] });
    const raised = await shownBy(slack, '*Alert*');
    for (const action of ['retry', 'rollback', 'cancel', 'acknowledge'] as const) {
      await clicked(raised.ts, ACTIONS[action]);
    }
    expect(operations.asked).toEqual([`propose dc02 hv-b ${OPERATOR}`]);
  });
});

describe('a channel', () => {
  it.each([
    ['en', 'running', 'not asked', 'Who may:'],
    ['it', 'in esecuzione', 'non interpellato', 'Chi può:'],
  ] as const)('of %s answers mentions in it, whoever asks', async (language, is, not, who) => {
    const { slack } = await stageOfTest({ roles: ALL_MAY, language });
    for (const user of [OPERATOR, ITALIAN]) {
      const { ts } = await slack.say(user, '@ferry hosts');
      await slack.waitFor(({ messages }) =>
        messages.some((one) => one.threadTs === ts && one.text.includes(`dc02 (${is})`)),
      );
      await slack.say(user, 'look, @ferry hosts');
      await toldTo(slack, user, not);
    }
    await slack.say(STRANGER, '@ferry hosts');
    await toldTo(slack, STRANGER, who);
  });

  it('is English by itself, whoever asks', async () => {
    const { slack } = await stageOfTest({ roles: ALL_MAY });
    await slack.say(ITALIAN, '/migrate dc02 to hv-b');
    await shownBy(slack, 'Move dc02 from hv-a to hv-b');
  });

  it('with LOCALE=it is Italian, and its buttons work for all', async () => {
    const { slack, operations } = await stageOfTest({ roles: ALL_MAY, language: 'it' });
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    await toldTo(slack, OPERATOR, 'The plan is made');
    const { ts } = await shownBy(slack, 'Sposta dc02 da hv-a a hv-b');
    const expiresAt = Date.now() + 86_000_000;
    const approvals = { users: [], needed: 2, twoPersons: false, expiresAt };
    operations.change('m1', { state: { kind: 'asking', step: 'catchUp' }, approvals });
    await shownBy(slack, 'Approva il cutover');
    await shownBy(slack, 'Il passaggio finale (cutover) di dc02');
    await slack.click(APPROVER, ts, ACTIONS.approve);
    await toldTo(slack, APPROVER, '1 more needed');
    await shownBy(slack, 'Approvato da <@U-APPROVER>');
    await slack.click(ITALIAN, ts, ACTIONS.approve);
    await shownBy(slack, 'Cutover in corso');
    operations.change('m1', {
      state: { kind: 'needs a person', step: 'x' },
      alerts: [alertOf('m1')],
    });
    await shownBy(slack, '*Allarme*');
    await shownBy(slack, 'Che cosa sa il bot di m1');
    operations.change('m1', { state: { kind: 'migrated', step: 'x' }, alerts: [] });
    await shownBy(slack, 'Fatto: dc02 è in esecuzione su hv-b.');
  });
});
