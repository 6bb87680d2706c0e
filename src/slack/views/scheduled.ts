/** All that waits for a time, the next one first, and what comes again and again. */

import { isMove } from '../../domain/plan.ts';
import { cutoverAt } from '../../migration/gate.ts';
import type { Words } from '../../texts/words.ts';
import { isOver, type OperationView } from '../operation-view.ts';
import type { AlignmentRow } from '../rows.ts';
import { sentence } from './answers.ts';
import { channelLink, dateText, escaped, type Message, named } from './blocks.ts';
import { list } from './lines.ts';
import { routeOf } from './operation-message.ts';

const ROWS_SHOWN_MAX = 30;

export interface Scheduled {
  readonly views: readonly OperationView[];
  readonly orders: readonly AlignmentRow[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function scheduledAnswer({ views, orders, now }: Scheduled, words: Words): Message {
  const { times } = words;
  const waiting = views
    .flatMap((view) => {
      const until = untilOf(view, now);
      return until ? [{ view, ...until }] : [];
    })
    .toSorted((a, b) => a.at - b.at)
    .map(({ view, at, of }) => `• ${rowOf(view, { at, of }, words)}`);
  const renewed = orders.map((row) => `• ${escaped(orderText(row, words))}`);
  const rows = [...waiting, ...renewed];
  if (rows.length === 0) return sentence(times.nothing);
  return list({ title: escaped(times.scheduled), rows, rowsMax: ROWS_SHOWN_MAX }, words);
}

interface Until {
  readonly at: number;
  readonly of: 'begins' | 'cutover';
}

/** Of one that is asked of people as well: it is not approved, and its time is known. */
function untilOf(view: OperationView, now: number): Until | undefined {
  const { state, plan } = view;
  if (isOver(view) || !isMove(plan)) return undefined;
  const { startAt = 0 } = plan;
  if (startAt > now) return { at: startAt, of: 'begins' };
  if (state.kind !== 'waiting' && state.kind !== 'asking') return undefined;
  const at = cutoverAt(plan, now);
  return at > now ? { at, of: 'cutover' } : undefined;
}

function rowOf(view: OperationView, { at, of }: Until, words: Words): string {
  const { chat, times } = words;
  const said = [
    escaped(`${view.operation}, ${chat.title(routeOf(view))}`),
    `${escaped(times[of])} ${dateText(at)}`,
    ...(view.state.kind === 'asking' ? [escaped(times.notApproved)] : []),
    channelLink(view.channel),
  ];
  return said.join('; ');
}

const orderText = ({ vm, source, target, everySeconds }: AlignmentRow, words: Words): string =>
  words.times.every(named(vm.name), named(source), named(target), everySeconds);
