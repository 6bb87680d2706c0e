/** A guest that writes too much for the approved pause, in lines: both rates, and what helps. */

import { RHYTHM } from '../../migration/next-action.ts';
import type { Outpaced } from '../../migration/outpaced.ts';
import type { Words } from '../../texts/words.ts';
import { isMigration, type MigrationView, type OperationView } from '../operation-view.ts';
import { escaped, named } from './blocks.ts';

/** Escaped; none while nobody is asked, and where the rest has always fitted. */
export function outpacedLines(view: OperationView, words: Words): string[] {
  const { outpaced } = view;
  if (!outpaced || !isMigration(view)) return [];
  const say = words.outpaced;
  const title = outpaced.fitsAgain ? say.titleAgain : say.title;
  const shown = [...measured(view, outpaced, words), ...outcome(outpaced, words)];
  const said = [`*${escaped(title)}*`, escaped(shown.join(' '))];
  if (outpaced.fitsAgain) return said;
  const offers = offersOf(view, outpaced, words).map((offer) => `• ${escaped(offer)}`);
  return [...said, `*${escaped(say.offers)}*`, ...offers];
}

function measured({ plan, estimate }: MigrationView, outpaced: Outpaced, words: Words): string[] {
  const say = words.outpaced;
  const { round, dirtyBytesPerSecond, carriedBytesPerSecond, bytesPerSecondMax } = outpaced;
  if (dirtyBytesPerSecond === undefined || carriedBytesPerSecond === undefined) return [];
  const rates = { vm: named(plan.vm.name), dirtyBytesPerSecond, carriedBytesPerSecond };
  const link = estimate?.measuredBytesPerSecond;
  const heldDown = bytesPerSecondMax === undefined ? [] : [say.heldDown(bytesPerSecondMax, link)];
  return [say.rates(rates, round), ...heldDown];
}

function outcome(outpaced: Outpaced, { outpaced: say }: Words): string[] {
  if (outpaced.fitsAgain) return [say.again(outpaced.pauseSecondsMax)];
  return [outpaced.keepsUp ? say.keepsUp : say.tooSlow, say.now(outpaced)];
}

function offersOf({ plan }: MigrationView, outpaced: Outpaced, words: Words): string[] {
  const { offer } = words.outpaced;
  const [vm, source] = [named(plan.vm.name), named(plan.source)];
  const isLonger = plan.pauseSecondsMax > outpaced.pauseSecondsMax;
  return [
    ...(outpaced.bytesPerSecondMax === undefined ? [] : [offer.limit(vm)]),
    isLonger ? offer.pause(plan.pauseSecondsMax) : offer.pauseLater(),
    offer.wait(RHYTHM.keepWarmSeconds),
    offer.cancel(vm, source),
  ];
}
