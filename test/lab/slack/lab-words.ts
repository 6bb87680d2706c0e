/** Each problem of the stand-in with facts as its code throws them. */

import type { Facts } from '../../../src/domain/problem.ts';
import type { Text } from '../../../src/texts/catalogue.ts';
import { labProblems } from '../../../src/texts/en/lab.ts';

const FACTS: Facts = {
  reason: 'it is odd',
  address: '127.0.0.1',
  port: 8080,
  path: '/lab/slack.json',
  line: 3,
  person: 'eve',
  known: ['U-OPERATOR'],
  messageTs: '1690000000.000100',
  actionId: 'approve',
  actionIds: [],
  what: 'the plan',
  waitSeconds: 30,
  lastMessages: ['hello'],
  url: 'http://127.0.0.1:8080/lab/',
  request: 'say',
  channel: 'C-NOWHERE',
  place: 'V1',
  field: 'host/pick',
  fields: ['vm/pick'],
  value: 'hv-z',
  options: ['hv-a', 'hv-b'],
  viewId: 'V1',
  open: [],
};

export const catalogueOfLab = (): (readonly [string, Text])[] =>
  Object.entries(labProblems).map(([code, textOf]) => [code, textOf(FACTS)]);
