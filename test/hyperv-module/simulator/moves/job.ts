/** A live move as the server keeps it: `Msvm_MigrationJob` (facts A.12). It outlives whoever asked for it. */

import { randomUUID } from 'node:crypto';

export interface MovedFile {
  readonly from: string;
  readonly to: string;
  /** A disk that others stand on and that no checkpoint made: Windows leaves it at the source too. */
  readonly stays?: true;
  /** The file that it stands on, as it lies at the source. */
  readonly parent?: string;
}

/** What is asked for; all paths are real ones. */
export interface MoveRequest {
  readonly vmId: string;
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly way: 'storage' | 'memory' | 'cluster';
  /** Every file of every chain; empty where the disks stay. */
  readonly files: readonly MovedFile[];
  /** Folders of configuration, checkpoints and paging at the target, as Windows shows them. */
  readonly folders: {
    readonly configuration?: string;
    readonly snapshots?: string;
    readonly paging?: string;
  };
}

/** Numbers of `JobState`. */
export const JOB_STATE = { running: 4, completed: 7, terminated: 8, exception: 10 } as const;

export type Phase = 'copying' | 'mirroring' | 'memory' | 'switching';

/** Where each phase begins, in percent. From `switching` on the job cannot be cancelled. */
export const PHASES: Readonly<Record<Phase, number>> = {
  copying: 0,
  mirroring: 80,
  memory: 88,
  switching: 95,
};

/** The answer to RequestStateChange: facts A.12. */
export const STATE_CHANGE = {
  accepted: 0,
  notSupported: 32770,
  invalidParameter: 32773,
  invalidState: 32775,
} as const;

const TERMINATE = 4;
const STATES = [2, 3, 4, 5];

export class MoveJob {
  readonly instanceId = `Microsoft:${randomUUID().toUpperCase()}`;
  readonly startedAt = Date.now();
  readonly request: MoveRequest;
  percent = 0;
  phase: Phase = 'copying';
  state: number = JOB_STATE.running;
  changedAt = this.startedAt;
  cancelAsked = false;
  /** Accepted, but nobody looks at it. */
  cancelIgnored = false;
  error: { readonly hresult: number; readonly message: string } | undefined;
  /** Dropped: the object is not listed any more. */
  isDropped = false;
  #over = Promise.withResolvers<void>();

  constructor(request: MoveRequest) {
    this.request = request;
  }

  get isOver(): boolean {
    return this.state >= JOB_STATE.completed;
  }

  get cancellable(): boolean {
    return !this.isOver && this.phase !== 'switching';
  }

  /** Resolves when the job is over, however it ended. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  end(state: number, error?: MoveJob['error']): void {
    if (error !== undefined) this.error = error;
    if (state === JOB_STATE.completed) this.percent = 100;
    this.state = state;
    this.changedAt = Date.now();
    this.#over.resolve();
  }

  /** The method's return value. */
  requestStateChange(requested: number): number {
    if (!STATES.includes(requested)) return STATE_CHANGE.invalidParameter;
    if (requested !== TERMINATE) return STATE_CHANGE.notSupported;
    if (!this.cancellable) return STATE_CHANGE.invalidState;
    this.cancelAsked = true;
    return STATE_CHANGE.accepted;
  }
}
