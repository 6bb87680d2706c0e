/** What a person does to a store that forgot: everyone's memory of a journal against what is there. */

import { copyClaim, openedOf, vmClaim } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import { claimsOf } from '../../src/migration/claims.ts';
import { stateOf } from '../../src/migration/state.ts';
import { stepsOf } from '../../src/migration/steps.ts';
import { genuineLength } from './journals.ts';
import { note, type World } from './world.ts';

/** `migration heal-store`: the longest chain that someone kept, where it continues what is there. */
export function heal(world: World): void {
  for (const operation of [...world.kept.bot.keys()].toSorted()) {
    const found = world.store.read(operation);
    const good = found.slice(0, genuineLength(found));
    const chains = Object.values(world.kept).map((kept) => kept.get(operation)?.seen ?? []);
    const [longest = []] = chains.toSorted((a, b) => b.length - a.length);
    const continues = good.every((entry, index) => longest[index]?.signature === entry.signature);
    if (!continues || (longest.length <= good.length && good.length === found.length)) continue;
    const opened = openedOf(longest);
    const mine = claimsOf(opened, stateOf(stepsOf(opened), longest));
    const { vm, source, target } = opened.plan;
    const all = [vmClaim(vm.id), copyClaim(vm.id, source), copyClaim(vm.id, target)];
    const release = all.filter((claim) => !mine.includes(claim));
    try {
      world.store.put(longest, { take: mine, release });
      note(world, `${operation} is healed to ${longest.length} entries`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      note(world, `${operation} is not healed: ${error.code}`);
    }
  }
}
