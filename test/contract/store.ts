/** What every store promises, run on each kind of server. */

import { afterEach, describe } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { appends } from '../store/contract/appends.ts';
import { changes } from '../store/contract/changes.ts';
import { claims } from '../store/contract/claims.ts';
import { heals } from '../store/contract/heals.ts';
import { records } from '../store/contract/records.ts';
import type { Space } from '../store/contract/space.ts';
import { dropNamespace, freshNamespace } from '../store/server.ts';

export function storeContract(name: string, url: string): void {
  describe(`a store on ${name}`, () => {
    let namespace = '';
    let opened: Store[] = [];

    afterEach(async () => {
      for (const store of opened) await store[Symbol.asyncDispose]();
      opened = [];
      if (namespace !== '') await dropNamespace(url, namespace);
      namespace = '';
    });

    const space: Space = () => {
      if (namespace === '') namespace = freshNamespace();
      return {
        url,
        namespace,
        async open() {
          const store = await openStore(url, { namespace });
          opened.push(store);
          return store;
        },
      };
    };

    describe('journal', () => appends(space));
    describe('claims', () => claims(space));
    describe('changes', () => changes(space));
    describe('heal', () => heals(space));
    describe('records', () => records(space));
  });
}
