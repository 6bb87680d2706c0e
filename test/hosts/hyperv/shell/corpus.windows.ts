import { afterAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commandFor } from '../../../../src/hosts/hyperv/shell/wire.ts';
import { requireTool } from '../../../tools.ts';
import { names } from './corpus.ts';
import { call, commands, echo, open } from './fixture.ts';

const NAMES_A_CALL = 8;

const anything = () =>
  fc.anything({
    key: fc.stringMatching(/^[a-z][A-Za-z0-9]{0,8}$/).filter((key) => key !== 'toString'),
    values: [
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.constant(null),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        // JSON has one zero; and integers beyond 2^53 come back as bigint.
        .filter((value) => Number.isSafeInteger(value) || !Number.isInteger(value))
        .filter((value) => !Object.is(value, -0)),
    ],
    maxDepth: 3,
    withNullPrototype: false,
  });

it('trap 1, 9 and 11: a command is one line of ASCII with none of its data in it', () => {
  const withoutData = (line: string) => line.replaceAll(/'[A-Za-z0-9+/=]*'/g, '');
  const empty = withoutData(commandFor('', {}, ''));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', size: 'max', maxLength: 100 }), (text) => {
      const line = commandFor(text, { text }, 'mark');
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      expect(withoutData(line)).toBe(empty);
    }),
  );
});

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const powershell = open(pwsh);
  afterAll(() => powershell.close());
  const echoed = (given: object) => powershell.ask(echo, given, call);
  const told = (text: string) => powershell.ask(commands, { text }, call);

  it('has 200 names and more', () => {
    expect(names.length).toBeGreaterThanOrEqual(200);
  });

  it('G.11, trap 1 and 11: every name of the corpus comes back unchanged', async () => {
    for (let i = 0; i < names.length; i += NAMES_A_CALL) {
      const given = { name: names[i], more: names.slice(i + 1, i + NAMES_A_CALL) };
      expect(await echoed(given)).toEqual(given);
    }
  });

  it('G.11 every name of the corpus is the same text inside PowerShell', async () => {
    const short = names.filter((name) => name.length <= 100);
    const text = `param($Given)
      $codes = foreach ($name in $Given.names) { , @($name.ToCharArray() | ForEach-Object { [int] $_ }) }
      @{ codes = $codes }`;
    const codes = short.map((name) => name.split('').map((unit) => unit.charCodeAt(0)));
    expect(await powershell.ask(commands, { text, names: short }, call)).toEqual({ codes });
  });

  it('anything that JSON can say comes back unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anything(), { maxLength: 20 }), async (values) => {
        const plain = JSON.parse(JSON.stringify({ values }));
        expect(await echoed(plain)).toEqual(plain);
      }),
      { numRuns: 30 },
    );
  });

  it('lists of one and of none stay lists, also as a pipeline leaves them', async () => {
    const given = { none: [], one: [1], inOne: [[]], inner: [[1]], table: [{ a: [] }], empty: {} };
    expect(await echoed(given)).toEqual(given);
    const made = await told(`
      $list = New-Object System.Collections.ArrayList
      $sorted = New-Object System.Collections.SortedList; $sorted.Add('a', 1)
      $typed = New-Object 'System.Collections.Generic.Dictionary[string,int]'; $typed.Add('b', 2)
      [ordered]@{
        none = @(1 | Where-Object { $false }); one = @(1 | Where-Object { $true }); list = $list
        piped = @(, @(1, 2) | ForEach-Object { , $_ }); set = [System.Collections.Generic.HashSet[string]] @('a')
        keys = @{ Keys = 1; Count = 2; Name = 3 }; sorted = $sorted; typed = $typed
      }`);
    const tables = { keys: { Keys: 1, Count: 2, Name: 3 }, sorted: { a: 1 }, typed: { b: 2 } };
    const lists = { none: [], one: [1], list: [], piped: [[1, 2]], set: ['a'] };
    expect(made).toEqual({ ...lists, ...tables });
  });

  it('G.12 integers of 64 bits are exact in both directions', async () => {
    const given = {
      max: 2n ** 63n - 1n,
      min: -(2n ** 63n),
      unsigned: 2n ** 64n - 1n,
      odd: 2n ** 53n + 1n,
    };
    expect(await echoed(given)).toEqual(given);
    expect(await echoed({ safe: Number.MAX_SAFE_INTEGER, disk: 64 * 2 ** 40 })).toEqual({
      safe: Number.MAX_SAFE_INTEGER,
      disk: 64 * 2 ** 40,
    });
    const types = `param($Given) @{ max = $Given.max.GetType().Name; unsigned = $Given.unsigned.GetType().Name }`;
    expect(await powershell.ask(commands, { text: types, ...given }, call)).toEqual({
      max: 'Int64',
      unsigned: 'UInt64',
    });
  });

  it('G.13 values of .NET come as plain JSON, whatever the culture of the session', async () => {
    const made = await told(`
      [System.Threading.Thread]::CurrentThread.CurrentCulture = [cultureinfo] 'it-IT'
      $date = [datetime]::SpecifyKind([datetime] '2024-02-29T12:00:00.5', 'Utc')
      [ordered]@{
        enum = [System.DayOfWeek]::Friday; flags = [System.IO.FileAttributes] 'Hidden, System'
        date = $date; offset = [datetimeoffset] '2024-02-29T13:00:00+01:00'; span = [timespan]::FromMilliseconds(1500)
        double = 1234567.5; tiny = 1e-300; single = [single] 0.1; decimal = [decimal] 0.10; byte = [byte] 7
        char = [char] 'x'; guid = [guid] '6f9619ff-8b86-d011-b42d-00c04fc964ff'; version = [version] '10.0.20348'
        null = $null; true = $true; noted = Add-Member -InputObject 'text' -NotePropertyName Path -NotePropertyValue 1 -PassThru
        nothing = $(); address = [ipaddress] 'fe80::1'
      }`);
    expect(made).toEqual({
      enum: 'Friday',
      flags: 'Hidden, System',
      date: '2024-02-29T12:00:00.500Z',
      offset: '2024-02-29T12:00:00.000Z',
      span: 1.5,
      double: 1234567.5,
      tiny: 1e-300,
      single: 0.1,
      decimal: 0.1,
      byte: 7,
      char: 'x',
      guid: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
      version: '10.0.20348',
      null: null,
      true: true,
      noted: 'text',
      nothing: null,
      address: 'fe80::1',
    });
  });

  it('what is undefined is null there, so that strict scripts may look at it', async () => {
    const text = `param($Given) @{ missing = $null -eq $Given.missing }`;
    expect(await powershell.ask(commands, { text, missing: undefined }, call)).toEqual({
      missing: true,
    });
  });

  it('ten levels and a megabyte of text come back unchanged', async () => {
    const levels = Array.from({ length: 10 });
    const deep = {
      deep: levels.reduce<unknown>((inner, _, i) => (i % 2 ? [inner] : { inner }), 1),
    };
    expect(await echoed(deep)).toEqual(deep);
    const text = 'x"\\\n€😀'.repeat(2 ** 20 / 8);
    const back = await echoed({ text });
    expect(back.text === text).toBe(true);
  });
}
