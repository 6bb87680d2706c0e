import { jest } from '@jest/globals';
import { storeContract } from '../contract/store.ts';
import { sharedStore } from './server.ts';

jest.setTimeout(60_000);

storeContract('the embedded PGlite', sharedStore);
