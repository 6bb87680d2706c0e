/** Le parole di `en/outpaced.ts` in italiano. */

import type { outpaced as english } from '../en/outpaced.ts';
import { bytesText, secondsText } from './amounts.ts';

const rateText = (bytesPerSecond: number): string => `${bytesText(bytesPerSecond)}/s`;

export const outpaced: typeof english = {
  title: 'Scrive troppo per il fermo',
  titleAgain: 'Rientra di nuovo nel fermo',
  rates: ({ vm, dirtyBytesPerSecond, carriedBytesPerSecond }, round) =>
    `Giro ${round}: ${vm} modifica ${rateText(dirtyBytesPerSecond)}, e se ne trasportano ` +
    `${rateText(carriedBytesPerSecond)}.`,
  heldDown: (bytesPerSecondMax, measuredBytesPerSecond) =>
    `La frena il limite di ${rateText(bytesPerSecondMax)}` +
    (measuredBytesPerSecond === undefined
      ? '.'
      : `: senza limite il collegamento ha trasportato ${rateText(measuredBytesPerSecond)}.`),
  keepsUp: 'Quindi ciò che resta non diminuisce, per quanti giri si inviino.',
  tooSlow: 'Quindi ciò che resta diminuisce troppo lentamente.',
  now: ({ pauseSeconds, pauseSecondsMax }) =>
    `Ora resterebbe ferma per circa ${secondsText(pauseSeconds)}, non ${secondsText(pauseSecondsMax)}.`,
  again: (pauseSecondsMax) =>
    `Ancora qualche giro, e ciò che resta rientra in ${secondsText(pauseSecondsMax)}: seguono all'approvazione.`,
  offers: 'Che cosa aiuta',
  offer: {
    limit: (vm) =>
      `Alzare il limite: scrivi /migrate limit "${vm}" off, oppure una velocità al posto di off. Un giro parte subito e mostra che cosa è cambiato.`,
    pause: (pauseSecondsMax) =>
      `Accettare un fermo più lungo: approva. Resta allora ferma al massimo per ${secondsText(pauseSecondsMax)}.`,
    pauseLater: () =>
      'Accettare un fermo più lungo: approva. Se anche allora non rientra, te ne viene chiesto uno più lungo.',
    wait: (keepWarmSeconds) =>
      `Aspettare un momento più tranquillo: non fare nulla. Un giro parte ogni ${secondsText(keepWarmSeconds)}, e questo messaggio mostra se rientra di nuovo.`,
    cancel: (vm, source) =>
      `Annullare: premi il pulsante, oppure scrivi /migrate cancel "${vm}". ${vm} resta su ${source}.`,
  },
};
