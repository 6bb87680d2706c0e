/** Words for a guest that writes too much for the approved pause: what was measured, and what helps. */

import { bytesText, secondsText } from './amounts.ts';

const rateText = (bytesPerSecond: number): string => `${bytesText(bytesPerSecond)}/s`;

export interface Rates {
  readonly vm: string;
  readonly dirtyBytesPerSecond: number;
  readonly carriedBytesPerSecond: number;
}

export interface Pauses {
  readonly pauseSeconds: number;
  readonly pauseSecondsMax: number;
}

export const outpaced = {
  title: 'It writes too much for the pause',
  titleAgain: 'It fits into the pause again',
  rates: ({ vm, dirtyBytesPerSecond, carriedBytesPerSecond }: Rates, round: number) =>
    `Round ${round}: ${vm} changes ${rateText(dirtyBytesPerSecond)}, and ` +
    `${rateText(carriedBytesPerSecond)} are carried.`,
  heldDown: (bytesPerSecondMax: number, measuredBytesPerSecond: number | undefined) =>
    `The limit of ${rateText(bytesPerSecondMax)} holds it down` +
    (measuredBytesPerSecond === undefined
      ? '.'
      : `: without one the link carried ${rateText(measuredBytesPerSecond)}.`),
  /** Why rounds were given up. */
  keepsUp: 'So what is left does not get smaller, however many rounds are sent.',
  tooSlow: 'So what is left gets smaller too slowly.',
  now: ({ pauseSeconds, pauseSecondsMax }: Pauses) =>
    `Now it would be off for about ${secondsText(pauseSeconds)}, not ${secondsText(pauseSecondsMax)}.`,
  again: (pauseSecondsMax: number) =>
    `A few more rounds, and what is left fits into ${secondsText(pauseSecondsMax)}: they come after the approval.`,
  offers: 'What helps',
  offer: {
    limit: (vm: string) =>
      `Raise the limit: type /migrate limit "${vm}" off, or a rate in place of off. A round is sent at once and shows what that brought.`,
    pause: (pauseSecondsMax: number) =>
      `Accept a longer pause: approve. It is then off for at most ${secondsText(pauseSecondsMax)}.`,
    /** The plan has no longer one yet. */
    pauseLater: () =>
      'Accept a longer pause: approve. If it still does not fit then, you are asked for a longer one.',
    wait: (keepWarmSeconds: number) =>
      `Wait for a quieter time: do nothing. A round is sent every ${secondsText(keepWarmSeconds)}, and this message shows whether it fits again.`,
    cancel: (vm: string, source: string) =>
      `Cancel: press the button, or type /migrate cancel "${vm}". ${vm} stays on ${source}.`,
  },
};
