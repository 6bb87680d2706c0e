/**
 * The most frequent rows of the failure catalogue: how Windows shows them, and what they mean. `row` is
 * the row's number in section C of the Hyper-V facts, `remedy` of each code stands in the texts.
 */

/** What the VM is like afterwards, if nothing more was seen: a place to look first, never a proof. */
export type StateAfter = 'nothing began' | 'runs at source' | 'runs at source, target to clean up';

export type Retry =
  /** It may go by itself a while later. */
  | 'without change'
  | 'after a fix'
  /** What stands against it can only be changed while the VM is off. */
  | 'with the VM off'
  /** Somebody must look first. */
  | 'never';

export interface FailureRow {
  readonly row: number;
  readonly code: string;
  /** `MessageId` of a report, or the event that Windows names in its text. */
  readonly ids?: readonly number[];
  readonly hresults?: readonly string[];
  /** Class of what is at fault (`DvdDrive`), or the start of PowerShell's error id. */
  readonly sources?: readonly string[];
  /** Windows' words in English and in Italian, where it gives no code. */
  readonly words?: readonly [RegExp, RegExp];
  readonly state: StateAfter;
  readonly retry: Retry;
}

const NONE = { state: 'nothing began', retry: 'after a fix' } as const;
const RUNS = { state: 'runs at source', retry: 'after a fix' } as const;
const LEFT = { state: 'runs at source, target to clean up', retry: 'after a fix' } as const;

/** Those with a source before those of the same id without one. */
export const FAILURES: readonly FailureRow[] = [
  { row: 1, code: 'move-no-credentials', hresults: ['0x8009030E'], ...NONE },
  { row: 2, code: 'move-no-credentials', hresults: ['0x8009030D'], ...NONE },
  { row: 3, code: 'move-wrong-principal', hresults: ['0x80090322'], ...NONE },
  { row: 4, code: 'move-access-denied', hresults: ['0x80070005'], ...NONE },
  { row: 5, code: 'move-share-unreachable', hresults: ['0x80070035'], ...RUNS },
  { row: 6, code: 'move-logon-not-granted', hresults: ['0x80070569'], ...NONE },
  { row: 9, code: 'move-refused-connection', hresults: ['0x8007274D'], ...NONE },
  { row: 10, code: 'move-connection-timeout', hresults: ['0x8007274C'], ...NONE },
  { row: 11, code: 'move-connection-lost', hresults: ['0x80072746'], ...LEFT },
  { row: 12, code: 'move-socket-forbidden', hresults: ['0x8007271D'], ...NONE },
  { row: 13, code: 'move-too-slow', hresults: ['0x800705B4'], ...LEFT, retry: 'without change' },
  { row: 14, code: 'move-memory-short', hresults: ['0x8007000E', '0x800705AA'], ...RUNS },
  { row: 16, code: 'move-switch-missing', ids: [33012], ...NONE },
  { row: 17, code: 'move-medium-missing', ids: [40010], sources: ['DvdDrive'], ...NONE },
  { row: 17, code: 'move-disk-missing', ids: [40010], sources: ['HardDiskDrive'], ...NONE },
  { row: 19, code: 'move-limit-reached', ids: [21501], ...NONE, retry: 'without change' },
  { row: 21, code: 'move-setup-failed', ids: [21125], ...NONE },
  { row: 22, code: 'move-path-missing', ids: [20413], ...LEFT },
  { row: 24, code: 'move-no-management', ids: [20406, 280], ...NONE },
  {
    row: 25,
    code: 'move-version-unsupported',
    ids: [10698],
    words: [
      /configuration version .*not supported|version mismatch/i,
      /versione di configurazione .*non è supportata|mancata corrispondenza .*version/i,
    ],
    ...NONE,
  },
  {
    row: 27,
    code: 'move-processor-differs',
    words: [
      /processor-specific features/i,
      /(?:funzionalità|caratteristiche) specifiche del processore/i,
    ],
    state: 'nothing began',
    retry: 'with the VM off',
  },
  {
    row: 29,
    code: 'move-exists-at-target',
    hresults: ['0x80070050', '0x800700B7'],
    sources: ['ObjectAlreadyExists'],
    words: [/object already exists/i, /l'oggetto esiste già/i],
    state: 'nothing began',
    retry: 'without change',
  },
  {
    row: 30,
    code: 'move-listener-disabled',
    words: [/listener .*(?:is )?disabled/i, /listener .*disabilitat[oa]/i],
    ...NONE,
  },
  { row: 34, code: 'move-file-in-use', hresults: ['0x80070020'], ...NONE },
  { row: 35, code: 'move-file-missing', hresults: ['0x80070002'], ...NONE, retry: 'never' },
  { row: 37, code: 'move-disk-full', hresults: ['0x80070070'], ...RUNS },
  { row: 51, code: 'move-cluster-refused', hresults: ['0x80071398'], ids: [1069], ...NONE },
  {
    row: 54,
    code: 'move-vm-busy',
    hresults: ['0x80041001', '0x80048020'],
    words: [
      /(?:while|because) .*(?:backing up|backed up|in its current state)/i,
      /(?:backup in corso|stato corrente della macchina virtuale)/i,
    ],
    state: 'nothing began',
    retry: 'without change',
  },
  {
    row: 56,
    code: 'move-key-protector',
    words: [
      /key protector .*unwrap/i,
      /wrapping della protezione con chiave|protezione con chiave/i,
    ],
    ...NONE,
  },
  // What somebody else did in Hyper-V Manager; no row of the catalogue.
  { row: 0, code: 'move-cancelled', hresults: ['0x800704C7'], ...RUNS },
];
