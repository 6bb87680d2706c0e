import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Need, place, type Room, returning } from '../../src/fleet/placement.ts';

const need = (name: string, changes: Partial<Need> = {}): Need => ({
  vm: { id: name, name },
  bytesOnDisk: 10,
  memoryBytes: 10,
  dependedOn: false,
  hosts: ['hv-b'],
  ...changes,
});
const room = (host: string, changes: Partial<Room> = {}): Room => ({
  ...{ host, bytesFree: 100, memoryBytesFree: 100 },
  ...changes,
});
const namesOf = (needs: readonly { readonly need: Need }[]): string[] =>
  needs.map((one) => one.need.vm.name);

describe('the placement of VMs', () => {
  it('moves small ones first, and what others depend on last', () => {
    const needs = [
      need('dc', { dependedOn: true, bytesOnDisk: 1 }),
      need('large', { bytesOnDisk: 50 }),
      need('small', { bytesOnDisk: 5 }),
    ];
    const { placed } = place(needs, [room('hv-b')]);
    expect(namesOf(placed)).toEqual(['small', 'large', 'dc']);
    expect(placed.map(({ group }) => group)).toEqual([0, 0, 1]);
  });

  it('says what is missing, and which VM would have to be off', () => {
    const needs = [need('sql', { memoryBytes: 60 }), need('mail', { memoryBytes: 50 })];
    const { placed, unplaced } = place(needs, [room('hv-b')]);
    expect(namesOf(placed)).toEqual(['sql']);
    expect(unplaced).toMatchObject([
      { host: 'hv-b', memoryBytesMissing: 10, bytesMissing: 0, leaveOff: ['sql'] },
    ]);
  });

  it('asks nobody to switch off what others depend on, and offers the VM itself', () => {
    const needs = [
      need('dc', { memoryBytes: 60, dependedOn: true }),
      need('mail', { memoryBytes: 50 }),
    ];
    expect(place(needs, [room('hv-b')]).unplaced[0]?.leaveOff).toEqual(['mail']);
  });

  it('knows that nothing helps where disks do not fit', () => {
    const [one] = place([need('a', { bytesOnDisk: 101 })], [room('hv-b')]).unplaced;
    expect(one).toMatchObject({ bytesMissing: 1, leaveOff: [] });
  });

  it('uses several hosts, where nothing else is in the way there', () => {
    const needs = [
      need('a', { memoryBytes: 80, hosts: ['hv-b', 'hv-c'] }),
      need('b', { memoryBytes: 80, hosts: ['hv-b', 'hv-c'] }),
      need('c', { memoryBytes: 10, hosts: ['hv-c'] }),
    ];
    const { placed, unplaced } = place(needs, [room('hv-b'), room('hv-c')]);
    expect(unplaced).toEqual([]);
    expect(placed.find((one) => one.need.vm.name === 'c')?.host).toBe('hv-c');
  });
});

const anyNeed = (index: number): fc.Arbitrary<Need> =>
  fc.record({
    vm: fc.constant({ id: `id${index}`, name: `vm${index}` }),
    bytesOnDisk: fc.nat(60),
    memoryBytes: fc.nat(60),
    dependedOn: fc.boolean(),
    hosts: fc.subarray(['hv-b', 'hv-c', 'hv-d'], { minLength: 1 }),
  });
const anyFleet = fc.record({
  needs: fc
    .integer({ min: 0, max: 12 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => anyNeed(index)))),
  rooms: fc.tuple(
    ...['hv-b', 'hv-c', 'hv-d'].map((host) =>
      fc.record({ host: fc.constant(host), bytesFree: fc.nat(150), memoryBytesFree: fc.nat(150) }),
    ),
  ),
});

describe('whatever the fleet is', () => {
  it('has each VM in exactly one list, never more on a host than fits, and groups in order', () => {
    fc.assert(
      fc.property(anyFleet, ({ needs, rooms }) => {
        const { placed, unplaced } = place(needs, rooms);
        expect([...namesOf(placed), ...namesOf(unplaced)].toSorted()).toEqual(
          needs.map(({ vm }) => vm.name).toSorted(),
        );
        for (const { host, bytesFree, memoryBytesFree } of rooms) {
          const here = placed.filter((one) => one.host === host).map((one) => one.need);
          const sum = (of: (one: Need) => number) => here.reduce((all, one) => all + of(one), 0);
          expect(sum((one) => one.bytesOnDisk)).toBeLessThanOrEqual(bytesFree);
          expect(sum((one) => one.memoryBytes)).toBeLessThanOrEqual(memoryBytesFree);
          expect(here.every(({ hosts }) => hosts.includes(host))).toBe(true);
        }
        const groups = placed.map(({ group }) => group);
        expect(groups).toEqual(groups.toSorted((a, b) => a - b));
      }),
    );
  });

  it('returns in the reverse order, with the groups in order again', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ vm: fc.nat(), group: fc.nat(3) })), (moves) => {
        const sorted = moves.toSorted((a, b) => a.group - b.group);
        const back = returning(sorted);
        expect(back.map(({ vm }) => vm)).toEqual(sorted.map(({ vm }) => vm).toReversed());
        const groups = back.map(({ group }) => group);
        expect(groups).toEqual(groups.toSorted((a, b) => a - b));
      }),
    );
  });
});
