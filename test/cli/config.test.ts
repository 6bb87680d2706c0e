import { describe, expect, it } from '@jest/globals';
import { rolesOf } from '../../src/bot/roles.ts';
import { botSchema, deskSchema, readConfig, workerSchema } from '../../src/config.ts';
import { Problem } from '../../src/domain/problem.ts';
import { textOf } from '../../src/texts/catalogue.ts';

const FINGERPRINT = '0123456789abcdef'.repeat(4);

const bot: Readonly<Record<string, string>> = {
  STORE_URL: 'redis://127.0.0.1:6379',
  FERRY_STATE: './state',
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_CHANNEL: 'C0123456789',
  FERRY_OPERATORS: 'U1, U2',
  FERRY_APPROVERS: 'U3 U4',
};

const worker: Readonly<Record<string, string>> = {
  STORE_URL: 'postgres://127.0.0.1/ferry',
  FERRY_STATE: './state',
  FERRY_HOST: 'hv-a',
  FERRY_LISTEN: '10.0.9.11:7420',
  FERRY_BOT: FINGERPRINT,
};

function refusal(read: () => unknown): Problem {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was accepted');
}

const withoutKey = (environment: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(environment).filter(([key]) => key !== name));

describe('the configuration', () => {
  it('is read with its defaults, and what is empty counts as absent', () => {
    expect(readConfig(botSchema, { ...bot, FERRY_APPROVERS_NEEDED: '', OTHER: 'x' })).toMatchObject(
      {
        FERRY_OPERATORS: ['U1', 'U2'],
        FERRY_APPROVERS: ['U3', 'U4'],
        FERRY_APPROVERS_NEEDED: 1,
        FERRY_PAUSE_SECONDS_MAX: 60,
        LOG_LEVEL: 'info',
      },
    );
    expect(readConfig(workerSchema, { ...worker, FERRY_STOP_SECONDS: '7' })).toMatchObject({
      FERRY_STOP_SECONDS: 7,
      FERRY_PATIENCE_SECONDS: 600,
    });
    const desk = { STORE_URL: 'redis://h', FERRY_STATE: 's', FERRY_BOT: FINGERPRINT };
    expect(readConfig(deskSchema, desk)).toEqual({ ...desk, FERRY_HOST: 'bot' });
  });

  it.each([
    ...Object.keys(bot).map((name) => ['bot', name] as const),
    ...Object.keys(worker)
      .filter((name) => name !== 'FERRY_LISTEN')
      .map((name) => ['worker', name] as const),
  ])('of the %s says that %s is missing, also when it is empty', (process, name) => {
    const schema = process === 'bot' ? botSchema : workerSchema;
    const whole = process === 'bot' ? bot : worker;
    for (const environment of [withoutKey(whole, name), { ...whole, [name]: '' }]) {
      const { code, facts } = refusal(() => readConfig(schema, environment));
      expect([code, facts]).toEqual(['config-missing', { variable: name }]);
    }
  });

  it.each([
    ['STORE_URL', 'mysql://x'],
    ['LOG_LEVEL', 'loud'],
    ['SLACK_BOT_TOKEN', 'xapp-1'],
    ['SLACK_APP_TOKEN', 'xoxb-1'],
    ['SLACK_CHANNEL', '#general'],
    ['SLACK_API_URL', 'nowhere'],
    ['FERRY_OPERATORS', 'anna, U2'],
    ['FERRY_OPERATORS', ' , '],
    ['FERRY_APPROVERS', '@anna'],
    ['FERRY_APPROVERS_NEEDED', '0'],
    ['FERRY_APPROVERS_NEEDED', '3'],
    ['FERRY_APPROVERS_NEEDED', 'two'],
    ['FERRY_PAUSE_SECONDS_MAX', '1.5'],
    ['FERRY_CHANNELS', 'C1'],
    ['FERRY_CHANNELS', ';'],
    ['FERRY_CHANNELS', '#general=hv-a'],
    ['FERRY_CHANNELS', 'C1=hv-a,'],
    ['FERRY_CHANNELS', 'C1=hv-a;C1=hv-b'],
    ['FERRY_CHANNELS', 'C1=*,hv-a'],
    ['FERRY_TWO_PERSONS', 'maybe'],
    ['FERRY_VIEWERS', 'anna'],
    ['FERRY_ADMINISTRATORS', 'anna'],
  ])('of the bot names %s when it is %p', (variable, value) => {
    const problem = refusal(() => readConfig(botSchema, { ...bot, [variable]: value }));
    expect([problem.code, problem.facts.variable]).toEqual(['config-invalid', variable]);
    expect(textOf(problem).text).toContain(variable);
    expect(problem.facts.problem).not.toBe('is missing');
  });

  it('speaks English in channels unless LOCALE says Italian, and no third language', () => {
    const languageFor = (LOCALE: string) => readConfig(botSchema, { ...bot, LOCALE }).LOCALE;
    expect(['', 'en', 'it'].map(languageFor)).toEqual(['en', 'en', 'it']);
    expect(refusal(() => languageFor('fr')).facts).toMatchObject({ variable: 'LOCALE' });
  });

  it('of a worker is for Hyper-V unless a lab is named', () => {
    expect(readConfig(workerSchema, worker).FERRY_LAB).toBeUndefined();
    const hyperV = { FERRY_COMPUTER: 'hv-old.corp.example', FERRY_VM_VOLUME: 'D:' };
    expect(readConfig(workerSchema, { ...worker, ...hyperV })).toMatchObject(hyperV);
    const odd = { ...worker, FERRY_COMPUTER: '\\\\hv-old' };
    expect(refusal(() => readConfig(workerSchema, odd)).facts.variable).toBe('FERRY_COMPUTER');
  });

  it('counts an approver who is named twice once', () => {
    const twice = { ...bot, FERRY_APPROVERS: 'U3,U3', FERRY_APPROVERS_NEEDED: '2' };
    expect(refusal(() => readConfig(botSchema, twice)).facts.variable).toBe(
      'FERRY_APPROVERS_NEEDED',
    );
  });

  it('counts administrators among the approvers, and has none unless they are named', () => {
    const { FERRY_ADMINISTRATORS } = readConfig(botSchema, bot);
    expect(FERRY_ADMINISTRATORS).toEqual([]);
    const two = { ...bot, FERRY_APPROVERS: 'U3', FERRY_APPROVERS_NEEDED: '2' };
    expect(refusal(() => readConfig(botSchema, two)).code).toBe('config-invalid');
    const roles = rolesOf(readConfig(botSchema, { ...two, FERRY_ADMINISTRATORS: 'U4,U3' }));
    expect([roles.approvers, roles.administrators]).toEqual([
      ['U3', 'U4'],
      ['U4', 'U3'],
    ]);
  });

  it('reads which channel is for which hosts', () => {
    const FERRY_CHANNELS = ' C1=hv-a, hv-b;C2=HV-C ;C3=*;';
    expect(readConfig(botSchema, { ...bot, FERRY_CHANNELS }).FERRY_CHANNELS).toEqual([
      { channel: 'C1', hosts: ['hv-a', 'hv-b'] },
      { channel: 'C2', hosts: ['HV-C'] },
      { channel: 'C3', hosts: 'all' },
    ]);
    expect(readConfig(botSchema, bot).FERRY_CHANNELS).toBeUndefined();
  });

  it.each([
    // Whoever asks cannot approve, and nobody is left.
    ['U1', 'U1', '1', 'yes', 'FERRY_TWO_PERSONS'],
    ['U1,U2', 'U1,U2', '2', 'yes', 'FERRY_TWO_PERSONS'],
    ['U1', 'U1', '1', 'no', undefined],
    ['U1,U2', 'U1', '1', 'yes', undefined],
    ['U1,U2', 'U1,U2', '1', 'yes', undefined],
    ['U1', 'U1,U2,U3', '2', 'yes', undefined],
    // How many a group has is known when the bot starts.
    ['U1', 'U1,S1', '3', 'yes', undefined],
    ['S1', 'U1', '1', 'yes', undefined],
    ['S1', 'U1', '2', 'no', 'FERRY_APPROVERS_NEEDED'],
  ])(
    'of operators %j, approvers %j, %s needed, two persons %s refuses %p',
    (operators, approvers, needed, two, variable) => {
      const people = { FERRY_OPERATORS: operators, FERRY_APPROVERS: approvers };
      const rule = { FERRY_APPROVERS_NEEDED: needed, FERRY_TWO_PERSONS: two };
      const read = () => readConfig(botSchema, { ...bot, ...people, ...rule });
      if (variable === undefined) expect(read().FERRY_APPROVERS_NEEDED).toBe(Number(needed));
      else expect(refusal(read).facts.variable).toBe(variable);
    },
  );

  it.each([
    ['FERRY_HOST', 'hv a'],
    ['FERRY_HOST', '../hv-a'],
    ['FERRY_LISTEN', '10.0.9.11'],
    ['FERRY_LISTEN', '10.0.9.11:99999'],
    ['FERRY_ADVERTISE', 'x:port'],
    ['FERRY_BOT', FINGERPRINT.toUpperCase()],
    ['FERRY_BOT', 'abc'],
    ['FERRY_STOP_SECONDS', '0'],
    ['FERRY_CONFIRM_SECONDS', '3601'],
    ['FERRY_PATIENCE_SECONDS', 'x'],
    ['FERRY_LAB_LIMIT', '-1'],
    ['FERRY_LAB_FAULT', 'other'],
  ])('of the worker names %s when it is %p', (variable, value) => {
    const problem = refusal(() => readConfig(workerSchema, { ...worker, [variable]: value }));
    expect([problem.code, problem.facts.variable]).toEqual(['config-invalid', variable]);
  });

  it('of a worker on Windows has no fault of the lab, unless its host is one of the lab', () => {
    const real = { ...worker, FERRY_LAB_FAULT: 'corrupt-block' };
    const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
    try {
      expect(refusal(() => readConfig(workerSchema, real)).facts.variable).toBe('FERRY_LAB_FAULT');
      const inLab = readConfig(workerSchema, { ...real, FERRY_LAB: '.lab' });
      expect(inLab.FERRY_LAB_FAULT).toBe('corrupt-block');
    } finally {
      Object.defineProperty(process, 'platform', platform);
    }
  });

  it('of a worker that listens on every address wants one that others can dial', () => {
    for (const listen of ['0.0.0.0:7420', '[::]:7420', '']) {
      const any = { ...worker, FERRY_LISTEN: listen };
      expect(refusal(() => readConfig(workerSchema, any)).facts.variable).toBe('FERRY_ADVERTISE');
      const told = readConfig(workerSchema, { ...any, FERRY_ADVERTISE: 'hv-a.lan:7420' });
      expect(told.FERRY_ADVERTISE).toBe('hv-a.lan:7420');
    }
  });
});
