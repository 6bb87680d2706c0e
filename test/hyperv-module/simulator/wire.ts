/** What the double's modules and the simulator say to each other: one POST for each cmdlet. */

import { z } from 'zod';

/** No script asks with more than this. */
export const REQUEST_BYTES_MAX = 1024 * 1024;

export const requestSchema = z.object({
  /** The machine that the script runs on. */
  host: z.string().min(1),
  cmdlet: z.string().min(1),
  set: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  language: z.string().nullish(),
  /** The version of the Hyper-V module, where the cmdlet is of that. */
  module: z.string().nullish(),
});
export type CmdletRequest = z.infer<typeof requestSchema>;

/** An object of Windows: `$type` and `$id` come back with it when it is a parameter. */
export interface DoubleObject {
  readonly $type: string;
  readonly $id?: string;
  readonly [property: string]: unknown;
}

export interface WireError {
  readonly terminating: boolean;
  readonly errorId: string;
  readonly message: string;
  readonly hresult: number;
  /** `ErrorCategory` of PowerShell. */
  readonly category: string;
  readonly target: string;
}

export interface Answer {
  readonly output: readonly unknown[];
  readonly errors: readonly WireError[];
  readonly warnings: readonly string[];
  /** The cmdlet never returns. */
  readonly hang: boolean;
  /** The server-side job that goes on after the answer, by its InstanceID. */
  readonly job: string | null;
}

export type ErrorFields = Partial<Omit<WireError, 'message'>>;

/** What a cmdlet ends with. */
export class WindowsError extends Error {
  readonly fields: ErrorFields;

  constructor(message: string, fields: ErrorFields = {}) {
    super(message);
    this.name = 'WindowsError';
    this.fields = fields;
  }
}

/** COR_E_EXCEPTION, which says nothing: what an exception has that carries no code of Windows. */
const NO_HRESULT = 0x80131500 | 0;

export function wireError(error: WindowsError, cmdlet: string): WireError {
  const { errorId = 'OperationFailed', ...fields } = error.fields;
  // Of Hyper-V's own commands; a class is named after its cmdlet without the hyphen.
  const command = `Microsoft.HyperV.PowerShell.Commands.${cmdlet.replace('-', '')}`;
  return {
    terminating: true,
    message: error.message,
    hresult: NO_HRESULT,
    category: 'NotSpecified',
    target: '',
    ...fields,
    errorId: errorId.includes(',') ? errorId : `${errorId},${command}`,
  };
}

/** `0x80070005` as .NET's signed HRESULT. */
export const hresult = (code: number): number => code | 0;

export const date = (milliseconds: number): { $date: string } => ({
  $date: new Date(milliseconds).toISOString(),
});
