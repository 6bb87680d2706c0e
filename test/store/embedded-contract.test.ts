import { storeContract } from '../contract/store.ts';
import { storeUrl } from './server.ts';

storeContract('the embedded PGlite', storeUrl());
