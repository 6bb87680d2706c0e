/** Problems that belong to no single area, in Italian. */

import type { Facts } from '../../domain/problem.ts';
import type { Text, TextOf } from '../catalogue.ts';
import type { problems as english } from '../en/problems.ts';

export const problems: Readonly<Record<keyof typeof english, TextOf>> = {
  bug: ({ message }) => ({
    text: `È successo qualcosa che non dovrebbe succedere: ${message}`,
    remedy: 'Guarda il log del processo che lo dice, e segnalalo.',
  }),
  'record-broken': ({ record }) => ({
    text: `Il record ${record} nello store non è leggibile: non si sa che cosa dicesse.`,
    remedy: 'Il journal è conservato a parte, e decide. Cerca chi altro può scrivere nello store.',
  }),
};

/** A code of another version of Ferry is shown as it came. */
export const unknownCode = (code: string, facts: Facts): Text => ({
  text: `${code} ${JSON.stringify(facts)}`,
  remedy: 'Segnala questo codice ai manutentori.',
});
