/** The channel in the middle, and a thread beside it. */

import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { WireMessage } from '../wire.ts';
import { Blocks } from './blocks.ts';
import { Composer } from './composer.ts';
import { channelName } from './inline.ts';
import { Message } from './messages.ts';
import { change, HOME, useStore } from './store.ts';
import { html, type Node } from './view.ts';

/** So far from its end a list still counts as being at its end. */
const NEAR_PIXELS = 120;

export function Channel(): Node {
  const channel = useStore((state) => state.channel);
  const start = useStore((state) => state.start);
  const messages = useStore((state) => state.messages);
  const { roots, replies } = useMemo(() => sorted(messages, channel), [messages, channel]);
  if (channel === HOME) return html`<${Home} />`;
  const name = channelName(start, channel);
  return html`<section class="channel" aria-label=${`Channel ${name}`}>
    <header><h1># ${name}</h1></header>
    <${List} label=${`Messages in ${name}`} count=${messages.length}>
      ${
        roots.length === 0
          ? html`<li class="empty">
              <h2>This is the start of #${name}</h2>
              <p>Ask Ferry to move a VM, as you would in Slack. Other people see what it answers.</p>
            </li>`
          : null
      }
      ${roots.map(
        (message, index) =>
          html`<${Message}
            key=${message.ts}
            message=${message}
            before=${roots[index - 1]}
            replies=${message.kind === 'message' && !message.threadTs ? (replies.get(message.ts) ?? NONE) : undefined}
          />`,
      )}
    <//>
    <${Composer} key=${channel} label=${`Message #${name}`} isEmpty=${roots.length === 0} />
  </section>`;
}

const NONE: readonly WireMessage[] = [];

/** What stands in the channel itself, and what answers it. */
function sorted(messages: readonly WireMessage[], channel: string) {
  const mine = messages.filter((message) => message.channel === channel);
  const replies = new Map<string, WireMessage[]>();
  for (const message of mine) {
    if (message.threadTs === undefined || message.kind !== 'message') continue;
    replies.set(message.threadTs, [...(replies.get(message.threadTs) ?? []), message]);
  }
  return { roots: mine.filter((message) => !message.threadTs || message.isBroadcast), replies };
}

export function Thread(): Node {
  const thread = useStore((state) => state.thread);
  const messages = useStore((state) => state.messages);
  const mine = messages.filter(({ ts, threadTs }) => ts === thread || threadTs === thread);
  if (!thread) return html`<p class="empty">Choose "Reply in thread" below a message.</p>`;
  return html`<section class="thread" aria-label="Thread">
    <header>
      <h2>Thread</h2>
      <button
        type="button" class="close" aria-label="Close the thread"
        onClick=${() => change({ thread: undefined, panel: 'lab' })}
      >✕</button>
    </header>
    <${List} label="Messages of the thread" count=${mine.length}>
      ${mine.map(
        (message, index) =>
          html`<${Message} key=${message.ts} message=${message} before=${mine[index - 1]} />`,
      )}
    <//>
    <${Composer} key=${thread} label="Reply" threadTs=${thread} />
  </section>`;
}

/** Stays at its end while it is there, as messages come and grow. */
function List(props: { label: string; count: number; children?: Node }): Node {
  const list = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  const seen = useRef(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (element && (isAtEnd.current || seen.current === 0))
      element.scrollTop = element.scrollHeight;
    seen.current = props.count;
  });
  const scrolled = (): void => {
    const element = list.current;
    if (!element) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    isAtEnd.current = left < NEAR_PIXELS;
  };
  return html`<ol
    class="messages" ref=${list} tabindex="0" aria-label=${props.label} onScroll=${scrolled}
  >
    ${props.children}
  </ol>`;
}

function Home(): Node {
  const home = useStore((state) => state.home);
  return html`<section class="channel home" aria-label="Home of ferry">
    <header><h1>ferry</h1></header>
    <div class="messages" tabindex="0">
      ${
        home
          ? html`<${Blocks}
              blocks=${home.view.blocks}
              surface=${{ viewId: home.viewId, values: home.values, drafts: new Map() }}
            />`
          : html`<p class="empty">The app has published no Home tab for this person.</p>`
      }
    </div>
  </section>`;
}
