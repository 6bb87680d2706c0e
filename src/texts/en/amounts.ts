/** Amounts in English: `1.5 GiB`. */

import { amountsIn } from '../amounts.ts';

export const { bytesText, secondsText, bitRateText, listText } = amountsIn('en', {
  bytes: 'bytes',
  size: 'an unknown size',
  time: 'an unknown time',
  speed: 'an unknown speed',
  none: 'none',
});
