/** Slack's rich_text and markdown blocks as elements. */

import type { WireBlock } from '../wire.ts';
import { channelNode, dateNode, groupNode, linkNode, userNode } from './inline.ts';
import { html, type Node } from './view.ts';

export const listOf = (value: unknown): readonly WireBlock[] =>
  Array.isArray(value) ? (value as WireBlock[]) : [];

const str = (value: unknown): string => (value === undefined ? '' : String(value));

export const richText = (block: WireBlock): Node => listOf(block.elements).map(part);

function part(block: WireBlock): Node {
  const inside = () => listOf(block.elements).map(inLine);
  switch (block.type) {
    case 'rich_text_section':
      return html`<p class="rich">${inside()}</p>`;
    case 'rich_text_preformatted':
      return html`<pre tabindex="0">${inside()}</pre>`;
    case 'rich_text_quote':
      return html`<blockquote>${inside()}</blockquote>`;
    case 'rich_text_list': {
      const items = listOf(block.elements).map((item) => html`<li>${part(item)}</li>`);
      return block.style === 'ordered' ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
    }
    default:
      return html`<span class="unknown">(${block.type})</span>`;
  }
}

function inLine(element: WireBlock): Node {
  switch (element.type) {
    case 'text':
      return styled(str(element.text), element.style);
    case 'link':
      return linkNode(str(element.url), str(element.text ?? element.url));
    case 'user':
      return userNode(str(element.user_id));
    case 'usergroup':
      return groupNode(str(element.usergroup_id));
    case 'channel':
      return channelNode(str(element.channel_id));
    case 'broadcast':
      return html`<span class="mention me">@${str(element.range)}</span>`;
    case 'emoji':
      return `:${str(element.name)}:`;
    case 'date':
      return dateNode({
        kind: 'date',
        seconds: Number(element.timestamp),
        format: str(element.format),
        fallback: str(element.fallback),
      });
    default:
      return html`<span class="unknown">(${element.type})</span>`;
  }
}

function styled(text: string, style: unknown): Node {
  const { bold, italic, strike, code } = (style ?? {}) as Readonly<Record<string, boolean>>;
  let node: Node = text;
  if (code) node = html`<code>${node}</code>`;
  if (strike) node = html`<s>${node}</s>`;
  if (italic) node = html`<em>${node}</em>`;
  if (bold) node = html`<strong>${node}</strong>`;
  return node;
}

/** A cell of a table: raw text, a number, or rich text. */
export function cell(value: WireBlock): Node {
  if (value.type === 'rich_text') return richText(value);
  return str(value.text ?? value.value);
}

/** What bots use of Markdown: headings, lists, fences, bold, italic, code and links. */
export function markdown(text: string): Node {
  return text.split(/```\w*\n?([\s\S]*?)```\n?/).map((chunk, index) =>
    index % 2 === 1
      ? html`<pre tabindex="0">${chunk}</pre>`
      : chunk
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map(markdownLine),
  );
}

function markdownLine(line: string): Node {
  const heading = /^#{1,6} (.*)$/.exec(line);
  if (heading) return html`<p class="rich"><strong>${spans(heading[1] ?? '')}</strong></p>`;
  const item = /^\s*([-*]|\d+\.) (.*)$/.exec(line);
  const mark = item?.[1]?.endsWith('.') ? item[1] : '•';
  if (item) return html`<p class="rich item">${mark} ${spans(item[2] ?? '')}</p>`;
  return html`<p class="rich">${spans(line)}</p>`;
}

const SPAN = /\*\*(.+?)\*\*|\*(.+?)\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/;

function spans(text: string): Node[] {
  const found = SPAN.exec(text);
  if (!found) return text === '' ? [] : [text];
  const [whole, bold, italic, code, label = '', url = ''] = found;
  const node =
    bold !== undefined
      ? html`<strong>${bold}</strong>`
      : italic !== undefined
        ? html`<em>${italic}</em>`
        : code !== undefined
          ? html`<code>${code}</code>`
          : linkNode(url, label);
  return [text.slice(0, found.index), node, ...spans(text.slice(found.index + whole.length))];
}
