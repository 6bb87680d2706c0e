/** mrkdwn pieces and text objects as elements. */

import type { Start, WireBlock } from '../wire.ts';
import { type Dated, dateText, type Piece, piecesOf } from './markup.ts';
import { current, nameOf } from './store.ts';
import { html, type Node } from './view.ts';

export const mrkdwn = (text: string): Node => piecesOf(text).map(pieceNode);

/** What a screen reader says of a message's text. */
export const spoken = (text: string): string => piecesOf(text).map(said).join('');

function said(piece: Piece): string {
  switch (piece.kind) {
    case 'text':
    case 'code':
    case 'pre':
      return piece.text;
    case 'broadcast':
      return `@${piece.text}`;
    case 'break':
      return '\n';
    case 'bold':
    case 'italic':
    case 'strike':
    case 'quote':
      return piece.pieces.map(said).join('');
    case 'user':
      return `@${nameOf(current(), piece.id)}`;
    case 'channel':
    case 'group':
      return piece.label || piece.id;
    case 'link':
      return piece.label;
    case 'date':
      return dateText(piece, new Date());
  }
}

function pieceNode(piece: Piece): Node {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'code':
      return html`<code>${piece.text}</code>`;
    case 'pre':
      return html`<pre tabindex="0">${piece.text}</pre>`;
    case 'break':
      return html`<br />`;
    case 'bold':
      return html`<strong>${piece.pieces.map(pieceNode)}</strong>`;
    case 'italic':
      return html`<em>${piece.pieces.map(pieceNode)}</em>`;
    case 'strike':
      return html`<s>${piece.pieces.map(pieceNode)}</s>`;
    case 'quote':
      return html`<blockquote>${piece.pieces.map(pieceNode)}</blockquote>`;
    case 'broadcast':
      return mentionNode(piece.text, true);
    case 'user':
      return userNode(piece.id);
    case 'channel':
      return channelNode(piece.id, piece.label);
    case 'group':
      return mentionNode(groupName(piece.id, piece.label), false);
    case 'link':
      return linkNode(piece.url, piece.label);
    case 'date':
      return dateNode(piece);
  }
}

const mentionNode = (name: string, isMe: boolean): Node =>
  html`<span class=${isMe ? 'mention me' : 'mention'}>@${name.replace(/^@/, '')}</span>`;

export const userNode = (id: string): Node =>
  mentionNode(nameOf(current(), id), id === current().me);

export function channelNode(id: string, label = ''): Node {
  const known = current().start?.channels.find((channel) => channel.id === id);
  return html`<span class="mention">#${label || known?.name || id}</span>`;
}

const groupName = (id: string, label: string): string =>
  label || id.replace(/^S-/, '').toLowerCase();

export const groupNode = (id: string): Node => mentionNode(groupName(id, ''), false);

export const linkNode = (url: string, label: string): Node =>
  /^(https?:\/\/|mailto:)/i.test(url)
    ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${label}</a>`
    : label;

export const dateNode = (date: Dated): Node =>
  html`<time title=${date.fallback}>${dateText(date, new Date())}</time>`;

/** A text object of Block Kit, or a plain string where Slack takes one. */
export function textNode(value: unknown): Node {
  if (typeof value === 'string') return withBreaks(value);
  if (!isText(value)) return null;
  return value.type === 'mrkdwn' ? mrkdwn(value.text) : withBreaks(value.text);
}

/** The bare words of a text object, for labels. */
export function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return isText(value) ? value.text : '';
}

const withBreaks = (text: string): Node =>
  text.split('\n').map((line, index) => (index > 0 ? [html`<br />`, line] : line));

const isText = (value: unknown): value is WireBlock & { text: string } =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';

export const channelName = (start: Start | undefined, id: string): string =>
  start?.channels.find((channel) => channel.id === id)?.name ?? 'ferry';
