/** The switches that a VM's adapters are connected to in its new home. */

import type { Plan } from './plan.ts';

/**
 * The same adapters, those with a switch on the one that is meant for them. Names of adapters are not
 * unique: those of one name go by their order.
 */
export function rewired<Adapter extends { readonly name: string; readonly switch?: string }>(
  adapters: readonly Adapter[],
  networks: Plan['networks'] | undefined,
): Adapter[] {
  if (networks === undefined) return [...adapters];
  const left = [...networks];
  return adapters.map((adapter) => {
    const at = left.findIndex(({ adapter: name }) => name === adapter.name);
    const [meant] = at === -1 || adapter.switch === undefined ? [] : left.splice(at, 1);
    return meant === undefined ? adapter : { ...adapter, switch: meant.switch };
  });
}
