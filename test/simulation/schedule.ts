/** What goes wrong in one run, and when: plain data, so that a run can be written down and repeated. */

export type HostName = 'hv-a' | 'hv-b';

export type Fault =
  /** The process at whose call this happens dies, and is started again. */
  | { readonly kind: 'crash'; readonly seconds: number }
  /** It dies, but the effect that it had begun happens later all the same. */
  | { readonly kind: 'late effect'; readonly seconds: number; readonly lateSeconds: number }
  /** The call fails; where it happens after the call, what it did is done. */
  | { readonly kind: 'failure' }
  | { readonly kind: 'delay'; readonly seconds: number }
  /** Guests and worker die; the start actions decide what runs afterwards. */
  | { readonly kind: 'reboot'; readonly host: HostName; readonly seconds: number }
  | { readonly kind: 'never returns'; readonly host: HostName }
  | { readonly kind: 'bot crash'; readonly seconds: number }
  | { readonly kind: 'link down'; readonly seconds: number }
  | { readonly kind: 'store away'; readonly seconds: number }
  | { readonly kind: 'store restarted' }
  /** Takes back the last `entries` appends of all journals, with their claims. */
  | {
      readonly kind: 'store set back';
      readonly entries: number;
      readonly healSeconds: number | null;
    }
  | { readonly kind: 'store gone'; readonly healSeconds: number | null }
  | { readonly kind: 'person starts'; readonly host: HostName }
  | { readonly kind: 'foreign checkpoint'; readonly seconds: number }
  /** Someone deletes our newest checkpoint; `orphan` leaves a differencing disk that nobody lists. */
  | { readonly kind: 'checkpoint lost'; readonly orphan: boolean }
  | { readonly kind: 'start fails'; readonly host: HostName; readonly times: number }
  | { readonly kind: 'guest will not stop' }
  | { readonly kind: 'reconfigured' }
  /** Without `seconds` nobody resumes it. */
  | { readonly kind: 'pause'; readonly seconds: number | null }
  | { readonly kind: 'resume' }
  /** Any limit makes a round take longer. */
  | { readonly kind: 'limit'; readonly bytesPerSecondMax: number }
  /** The bot asks for another plan, whether there is need for one or not. */
  | { readonly kind: 'replan' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'approve' }
  | { readonly kind: 'old approval' }
  | { readonly kind: 'ask to retry' }
  | { readonly kind: 'ask to roll back' }
  | { readonly kind: 'second operation' }
  | { readonly kind: 'forged'; readonly what: Forged }
  /** The worker is told to end, does so at its next safe point, and is started again. */
  | { readonly kind: 'stop'; readonly seconds: number }
  | LiveFault
  | CopyFault;

/** What happens to one of the two copies that a deletion is about. */
export type CopyFault =
  /** A person runs a VM from it. */
  | { readonly kind: 'copy used'; readonly index: 0 | 1 }
  /** It is of another round by now. */
  | { readonly kind: 'copy renewed'; readonly index: 0 | 1 };

export type Forged = 'approved' | 'cancelled' | 'done by other' | 'fence done';

/** What the hypervisor and people do to a live move. Of the hypervisor: to the next one, whenever it is. */
export type LiveFault =
  /** The job says that it is complete, and nothing has moved. */
  | { readonly kind: 'move lies' }
  | { readonly kind: 'move fails' }
  | { readonly kind: 'move lasts'; readonly seconds: number }
  /** The job begins so long after it was asked for, whoever has died meanwhile. */
  | { readonly kind: 'move begins late'; readonly seconds: number }
  /** What a move that did not succeed had planned at the target stays; null: for ever. */
  | { readonly kind: 'planned left'; readonly seconds: number | null }
  | { readonly kind: 'cancel too late' }
  /** It is accepted, and the VM ends at the target all the same. */
  | { readonly kind: 'cancel in vain' }
  /** The target does not say what it has. */
  | { readonly kind: 'target unreadable'; readonly seconds: number }
  /** By hand, to wherever it is not; `asPlanned`: into the folders of the plan. */
  | { readonly kind: 'person moves'; readonly asPlanned: boolean }
  | { readonly kind: 'person turns off' }
  | { readonly kind: 'objection' };

/** Happens at the nth call of an attempt of this step, before or after the call in turn. */
export interface Trigger {
  /** `run fenceSource`, `undo stopSource`, `keepWarm catchUp`, `idle hv-a`, `bot`. */
  readonly during: string;
  readonly nth: number;
  readonly fault: Fault;
}

export interface Schedule {
  readonly list: 'stream@1' | 'live@1' | 'delete@1';
  /** Decides how long each call takes, and with it who comes first. */
  readonly seed: number;
  readonly startAction: 'Start' | 'StartIfRunning';
  /** Somebody shut it down before. Of `stream@1` alone. */
  readonly vmIsOff: boolean;
  /** How long the person thinks; null: nobody ever approves. */
  readonly approveSeconds: number | null;
  /** Seconds after the run's beginning before which nothing may begin, or no cutover; null: at once. */
  readonly startSeconds: number | null;
  readonly cutoverSeconds: number | null;
  /** What a person answers when one is needed. */
  readonly answer: 'nothing' | 'retry' | 'roll back';
  readonly triggers: readonly Trigger[];
}

/** Nothing goes wrong. */
export const CALM: Schedule = {
  list: 'stream@1',
  seed: 2,
  startAction: 'Start',
  vmIsOff: false,
  approveSeconds: 20,
  startSeconds: null,
  cutoverSeconds: null,
  answer: 'nothing',
  triggers: [],
};

export const CALM_OFF: Schedule = { ...CALM, vmIsOff: true };
export const CALM_LIVE: Schedule = { ...CALM, list: 'live@1' };
export const CALM_DELETE: Schedule = { ...CALM, list: 'delete@1' };
