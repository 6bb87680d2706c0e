import { describe, expect, it } from '@jest/globals';
import { storeContract } from '../contract/store.ts';

const url = process.env.STORE_URL;
const required = (process.env.FERRY_REQUIRE ?? '').includes('store-url');

if (url) {
  storeContract(new URL(url).protocol, url);
} else {
  describe('a store on a server', () => {
    it('not run here: the contract on Redis or PostgreSQL, because STORE_URL is not set', () => {
      expect(required).toBe(false);
    });
  });
}
