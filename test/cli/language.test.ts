import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { ferry } from './ferry.ts';

const FILE = resolve('nowhere.vhdx');
const ENGLISH = `There is no file ${FILE}\nCheck the path, and that its volume is mounted.\n`;
const ITALIAN = `Il file ${FILE} non esiste\nControlla il percorso, e che il suo volume sia montato.\n`;

it.each([
  ['it', ITALIAN],
  ['', ENGLISH],
  ['tlh', ENGLISH],
])('tells a problem in the language of LOCALE=%s, or in English', async (LOCALE, told) => {
  const { code, err } = await ferry(['disk', 'info', FILE], { LOCALE });
  expect(err).toBe(told);
  expect(code).toBe(2);
});
