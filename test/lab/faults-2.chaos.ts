import { describe } from '@jest/globals';
import { faultsOfPart, itEndsAsDocumented } from './fault-runs.ts';

describe('the lab', () => {
  itEndsAsDocumented(faultsOfPart(2));
});
