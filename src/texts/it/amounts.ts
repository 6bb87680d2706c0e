/** Amounts in Italian: `1,5 GiB`. */

import { amountsIn } from '../amounts.ts';

export const { bytesText, secondsText, bitRateText, listText } = amountsIn('it', {
  bytes: 'byte',
  size: 'dimensione ignota',
  time: 'durata ignota',
  speed: 'velocità ignota',
  none: 'nessuno',
});
