/** One message as Slack shows it: who, when, what, its files, and its thread. */

import type { WireFile, WireMessage } from '../wire.ts';
import { bytesText, timeText } from './amounts.ts';
import { Blocks } from './blocks.ts';
import { mrkdwn } from './inline.ts';
import { change, current, nameOf } from './store.ts';
import { classes, html, type Node } from './view.ts';

/** Slack leaves the name out where somebody goes on within this time. */
const GOES_ON_SECONDS = 300;

interface Shown {
  readonly message: WireMessage;
  readonly before?: WireMessage | undefined;
  /** Answers in its thread; absent inside a thread. */
  readonly replies?: readonly WireMessage[];
}

export function Message({ message, before, replies }: Shown): Node {
  const { kind, ts, author, text, blocks, files, editedTs } = message;
  if (kind === 'command') return html`<${Command} message=${message} />`;
  const name = nameOf(current(), author);
  const isContinued = goesOn(message, before);
  return html`<li
    class=${classes('message', kind, isContinued && 'continued')}
    data-ts=${ts} data-author=${author} aria-label=${`${name}, ${timeText(ts)}`}
  >
    ${isContinued ? html`<span class="gutter"></span>` : avatar(author, name)}
    <div class="what">
      ${
        isContinued
          ? null
          : html`<p class="who">
              <strong>${name}</strong>
              ${isApp(author) ? html` <span class="badge">APP</span>` : null}
              ${' '}<${Time} ts=${ts} />
            </p>`
      }
      ${replies === undefined && message.isBroadcast ? html`<${Origin} message=${message} />` : null}
      ${kind === 'ephemeral' ? html`<p class="only">Only visible to you</p>` : null}
      <div class="blocks">
        ${
          blocks.length > 0
            ? html`<${Blocks} blocks=${blocks} surface=${{ messageTs: ts }} />`
            : html`<div class="block">${mrkdwn(text)}</div>`
        }
        ${editedTs ? html`<span class="edited">(edited)</span>` : null}
      </div>
      ${files.map((file) => fileNode(file))}
      ${replies ? html`<${ThreadLink} ts=${ts} replies=${replies} />` : null}
    </div>
  </li>`;
}

function Command({ message }: { message: WireMessage }): Node {
  return html`<li class="message command" data-ts=${message.ts}>
    <span class="gutter"></span>
    <p class="what">
      You typed <code>${message.text}</code>${' '}<${Time} ts=${message.ts} />
      <span class="only">Only visible to you</span>
    </p>
  </li>`;
}

const Time = ({ ts }: { ts: string }): Node =>
  html`<time datetime=${new Date(Number(ts) * 1000).toISOString()}>${timeText(ts)}</time>`;

const isApp = (author: string): boolean =>
  author === current().start?.app.id || author === 'USLACKBOT';

function goesOn(message: WireMessage, before: WireMessage | undefined): boolean {
  if (before?.kind !== message.kind || before.author !== message.author) return false;
  if (message.isBroadcast !== before.isBroadcast) return false;
  return Number(message.ts) - Number(before.ts) < GOES_ON_SECONDS;
}

export const avatar = (id: string, name: string): Node =>
  html`<span class="avatar" data-who=${id} aria-hidden="true">${name.slice(0, 1).toUpperCase()}</span>`;

function fileNode({ id, name, title, size }: WireFile): Node {
  const query = new URLSearchParams({ as: current().me, id });
  return html`<a class="file" href=${`/file?${query}`} download=${name}>
    <strong>${title || name}</strong><span>${name}, ${bytesText(size)}</span>
  </a>`;
}

/** Over an answer that was also sent to the channel. */
function Origin({ message }: { message: WireMessage }): Node {
  const open = (): void => change({ thread: message.threadTs, panel: 'thread' });
  return html`<p class="only">
    Replied in <button type="button" class="link" onClick=${open}>a thread</button>
  </p>`;
}

function ThreadLink({ ts, replies }: { ts: string; replies: readonly WireMessage[] }): Node {
  const open = (): void => change({ thread: ts, panel: 'thread' });
  const last = replies.at(-1);
  if (!last) {
    return html`<button type="button" class="reply" onClick=${open}>Reply in thread</button>`;
  }
  const count = `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`;
  return html`<button type="button" class="thread-link" onClick=${open}>
    <strong>${count}</strong> <span>Last at ${timeText(last.ts)}</span>
  </button>`;
}
