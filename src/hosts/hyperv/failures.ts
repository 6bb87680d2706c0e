/** What Windows' errors of a move mean: by code, HRESULT and source before text, in either language. */

import type { Facts } from '../../domain/problem.ts';
import { FAILURES, type FailureRow } from './failures-data.ts';

/** A failure as Windows shows it. */
export interface Symptom {
  readonly message: string;
  /** `0x8007000E` */
  readonly hresult?: string | undefined;
  /** `MessageId` of a report. */
  readonly id?: number;
  /** Class of what is at fault, or PowerShell's error id. */
  readonly source?: string | undefined;
}

/** Why a VM was not moved. `message` is Windows' own, in its own language. */
export interface Failure {
  readonly code: string;
  readonly facts: Facts;
  /** Absent for what no row knows. */
  readonly row?: FailureRow;
}

/** The first row that knows it; an unknown one is told in Windows' own words. */
export function failureOf(symptom: Symptom, place: Facts): Failure {
  const row = rowOf(symptom);
  const code = row?.code ?? unknownCode.code;
  const message = symptom.message.trim();
  const { hresult } = symptom;
  return { code, facts: { ...place, message, ...(hresult && { hresult }) }, ...(row && { row }) };
}

const unknownCode = { code: 'move-refused' } as const;

/** @returns undefined for an id, HRESULT, source and text that no row has */
export function rowOf(symptom: Symptom): FailureRow | undefined {
  for (const is of [hasId, hasHresult, saysHresult, hasSource, hasWords]) {
    const row = FAILURES.find((each) => is(each, symptom));
    if (row) return row;
  }
  return undefined;
}

type Match = (row: FailureRow, symptom: Symptom) => boolean;

/** One id stands for several things: then what is at fault decides (facts A.4). */
const hasId: Match = ({ ids = [], sources }, { id, source, message }) => {
  const isNamed = id !== undefined ? ids.includes(id) : ids.some((one) => holds(message, one));
  return isNamed && (sources === undefined || sources.some((one) => source?.startsWith(one)));
};

/** As a number of its own, in brackets as Windows writes codes. */
const holds = (message: string, id: number): boolean => message.includes(`(${id})`);

const hasHresult: Match = ({ hresults = [] }, { hresult }) =>
  hresults.some((one) => one.toLowerCase() === hresult?.toLowerCase());

/** Hyper-V wraps the inner error, and its HRESULT stands in the text alone. */
const saysHresult: Match = ({ hresults = [] }, { message }) =>
  hresults.some((one) => message.toLowerCase().includes(one.toLowerCase()));

/** A source tells nothing by itself where an id belongs to it. */
const hasSource: Match = ({ ids, sources = [] }, { source }) =>
  ids === undefined && sources.some((one) => source?.startsWith(one));

const hasWords: Match = ({ words = [] }, { message }) => words.some((one) => one.test(message));
