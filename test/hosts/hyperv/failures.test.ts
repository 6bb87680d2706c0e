/** The failure catalogue: each row is known by what Windows shows of it, in either language. */

import { describe, expect, it } from '@jest/globals';
import { failureOf, rowOf, type Symptom } from '../../../src/hosts/hyperv/failures.ts';
import { FAILURES } from '../../../src/hosts/hyperv/failures-data.ts';
import { catalogueCodes, textsIn } from '../../../src/texts/catalogue.ts';

/** As Windows in English and in Italian shows each; what a row knows no words for has its code alone. */
const SHOWN: readonly (readonly [row: number, code: string, ...shown: Symptom[]])[] = [
  [1, 'move-no-credentials', { message: 'No credentials', hresult: '0x8009030E' }],
  [2, 'move-no-credentials', { message: 'Credenziali non riconosciute (0x8009030D).' }],
  [3, 'move-wrong-principal', { message: 'x', hresult: '0x80090322' }],
  [4, 'move-access-denied', { message: "Errore generale ('0x80070005')" }],
  [5, 'move-share-unreachable', { message: 'x', hresult: '0x80070035' }],
  [6, 'move-logon-not-granted', { message: '(0x80070569)' }],
  [9, 'move-refused-connection', { message: 'rifiuto persistente (0x8007274D)' }],
  [10, 'move-connection-timeout', { message: 'x', hresult: '0x8007274c' }],
  [11, 'move-connection-lost', { message: 'x', hresult: '0x80072746' }],
  [12, 'move-socket-forbidden', { message: 'x', hresult: '0x8007271D' }],
  [13, 'move-too-slow', { message: 'x', hresult: '0x800705B4' }],
  [14, 'move-memory-short', { message: 'x', hresult: '0x8007000E' }, { message: '(0x800705AA)' }],
  [16, 'move-switch-missing', { message: 'x', id: 33012, source: 'VMNetworkAdapter' }],
  [17, 'move-medium-missing', { message: 'x', id: 40010, source: 'DvdDrive' }],
  [17, 'move-disk-missing', { message: 'x', id: 40010, source: 'HardDiskDrive' }],
  [19, 'move-limit-reached', { message: 'non è stata avviata (21501)' }],
  [21, 'move-setup-failed', { message: 'x (21125)' }],
  [22, 'move-path-missing', { message: 'x', id: 20413 }],
  [24, 'move-no-management', { message: 'x (20406)' }, { message: 'x', id: 280 }],
  [
    25,
    'move-version-unsupported',
    { message: "The configuration version 10.0 of 'sql01' is not supported on 'hv-b'." },
    { message: "La versione di configurazione 10.0 di 'sql01' non è supportata in 'hv-b'." },
    { message: 'x', id: 10698 },
  ],
  [
    27,
    'move-processor-differs',
    { message: "'sql01' is using processor-specific features not supported on 'hv-b'." },
    { message: "'sql01' utilizza funzionalità specifiche del processore non supportate." },
  ],
  [
    29,
    'move-exists-at-target',
    { message: "failed at migration destination 'hv-b': the object already exists" },
    { message: "non riuscita nella destinazione: l'oggetto esiste già" },
    { message: 'x', source: 'ObjectAlreadyExists,Microsoft.HyperV.PowerShell.Commands.MoveVM' },
    { message: 'x', hresult: '0x80070050' },
  ],
  [
    30,
    'move-listener-disabled',
    { message: 'The listener for migrations is disabled.' },
    { message: 'Il listener per le migrazioni è disabilitato.' },
  ],
  [34, 'move-file-in-use', { message: 'x', hresult: '0x80070020' }],
  [35, 'move-file-missing', { message: 'x', hresult: '0x80070002' }],
  [37, 'move-disk-full', { message: 'x', hresult: '0x80070070' }],
  [51, 'move-cluster-refused', { message: 'x', hresult: '0x80071398' }, { message: 'x (1069)' }],
  [
    54,
    'move-vm-busy',
    { message: "cannot be performed while virtual machine 'sql01' is in its current state" },
    { message: "nello stato corrente della macchina virtuale 'sql01'" },
    { message: 'x', hresult: '0x80041001' },
  ],
  [
    56,
    'move-key-protector',
    { message: 'The key protector could not be unwrapped.' },
    { message: 'Impossibile annullare il wrapping della protezione con chiave.' },
  ],
  [0, 'move-cancelled', { message: 'x', hresult: '0x800704C7' }],
];

describe('a failure', () => {
  it.each(SHOWN)('of row %i is %s', (row, code, ...shown) => {
    for (const symptom of shown) expect(rowOf(symptom)).toMatchObject({ row, code });
  });

  it('has a test for each row and for each thing that shows it', () => {
    expect(SHOWN.map(([row, code]) => `${row} ${code}`)).toEqual(
      FAILURES.map(({ row, code }) => `${row} ${code}`),
    );
    expect(FAILURES.length).toBeGreaterThanOrEqual(25);
    for (const { words = [], code } of FAILURES) {
      const shown = SHOWN.flatMap(([, name, ...all]) => (name === code ? all : []));
      for (const one of words) expect(shown.some(({ message }) => one.test(message))).toBe(true);
    }
  });

  it('is known by its code before its HRESULT, by that before its source, and by text last', () => {
    const message = 'The object already exists';
    const source = 'ObjectAlreadyExists';
    const all = { message, source, hresult: '0x80070070', id: 33012 };
    expect(rowOf(all)?.row).toBe(16);
    expect(rowOf({ ...all, id: 99999 })?.row).toBe(37);
    expect(rowOf({ message: 'processor-specific features', source })?.row).toBe(29);
    // Its own HRESULT says more than one that its text quotes.
    expect(rowOf({ message: 'x 0x80070005', hresult: '0x80070070' })?.row).toBe(37);
  });

  it('G.1 of one id for two things is told apart by its source, and blocks without one', () => {
    expect(rowOf({ id: 40010, message: 'x', source: 'VMSnapshot' })).toBeUndefined();
    expect(rowOf({ id: 40010, message: 'x' })).toBeUndefined();
  });

  it('G.1 that no row knows is told in the words of Windows, and is never tried again', () => {
    for (const symptom of [
      { id: 24004, message: 'Boh', source: 'VMProcessor' },
      { message: ' Boh\n', hresult: '0x80048055' },
      { message: 'Boh: port 33012, 215010, 0x800700', source: 'VMNetworkAdapter' },
    ]) {
      const { code, facts, row } = failureOf(symptom, { vm: 'sql01', source: 'a', target: 'b' });
      expect([code, row]).toEqual(['move-refused', undefined]);
      for (const language of ['en', 'it'] as const) {
        expect(textsIn(language)({ code, facts }).text).toContain('Boh');
      }
    }
  });

  it('of every row has words', () => {
    const known = new Set(catalogueCodes());
    expect(FAILURES.filter(({ code }) => !known.has(code))).toEqual([]);
  });
});
