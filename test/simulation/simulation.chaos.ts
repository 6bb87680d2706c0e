import { describe } from '@jest/globals';
import { itKeepsItsPromises } from './promises.ts';

/** Each takes about 25 ms. Whoever changes the core runs tens of thousands. */
const RUNS = Number(process.env.SIMULATION_RUNS ?? 1500);

describe('the migration on fake hosts, many times', () => {
  itKeepsItsPromises(RUNS, { meetsAll: true });
});
