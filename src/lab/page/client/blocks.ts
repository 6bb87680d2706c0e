/** Block Kit's blocks as elements. A type without a form is named, never dropped. */

import type { WireBlock } from '../wire.ts';
import { Element } from './elements.ts';
import { textNode, wordsOf } from './inline.ts';
import { cell, listOf, markdown, richText } from './rich-text.ts';
import type { Surface } from './surface.ts';
import { classes, html, type Node } from './view.ts';

export function Blocks(props: { blocks: readonly WireBlock[]; surface: Surface }): Node {
  const { blocks, surface } = props;
  return blocks.map((block, index) => {
    const id = typeof block.block_id === 'string' ? block.block_id : String(index);
    return html`<div class=${`block ${block.type}`} key=${id}>${drawn(block, surface)}</div>`;
  });
}

type Draw = (block: WireBlock, surface: Surface) => Node;

const DRAWN: Readonly<Record<string, Draw>> = {
  actions: (block, surface) =>
    html`<div class="elements">${elements(block.elements, block, surface)}</div>`,
  alert: ({ text, level }) =>
    html`<p class="alert"><strong>${String(level ?? 'note')}:</strong> ${textNode(text)}</p>`,
  container,
  context: (block, surface) =>
    listOf(block.elements).map((part) =>
      part.type === 'image' ? image(part, surface) : html`<span>${textNode(part)}</span>`,
    ),
  divider: () => html`<hr />`,
  file: ({ external_id }) => `File ${String(external_id)}`,
  header: ({ text }) => html`<h3>${textNode(text)}</h3>`,
  image,
  input: (block, surface) => html`<${Field} block=${block} surface=${surface} />`,
  markdown: ({ text }) => markdown(String(text)),
  plan: ({ title, tasks }) => [html`<strong>${textNode(title)}</strong>`, listOf(tasks).map(task)],
  rich_text: (block) => richText(block),
  section,
  table,
  data_table: table,
  task_card: (block) => task(block),
};

function drawn(block: WireBlock, surface: Surface): Node {
  const draw = Object.hasOwn(DRAWN, block.type) ? DRAWN[block.type] : undefined;
  if (draw) return draw(block, surface);
  return html`<p class="unknown">Slack shows a block of the type ${block.type} here.</p>`;
}

function elements(all: unknown, block: WireBlock, surface: Surface): Node {
  return listOf(all).map((element) => one(element, block, surface));
}

const one = (element: WireBlock, { block_id }: WireBlock, surface: Surface): Node =>
  html`<${Element}
    key=${String(element.action_id)}
    element=${element}
    blockId=${String(block_id ?? '')}
    surface=${surface}
  />`;

function section(block: WireBlock, surface: Surface): Node {
  const { text, fields, accessory } = block;
  const shown = accessory as WireBlock | undefined;
  return html`
    <div class="body">
      ${text ? html`<div>${textNode(text)}</div>` : null}
      ${
        fields
          ? html`<div class="fields">
              ${listOf(fields).map((field) => html`<div>${textNode(field)}</div>`)}
            </div>`
          : null
      }
    </div>
    ${shown ? html`<div class="accessory">${one(shown, block, surface)}</div>` : null}
  `;
}

/** Folded as Slack folds it; one that cannot be folded is open. */
function container(block: WireBlock, surface: Surface): Node {
  const { title, child_blocks, is_collapsible, default_collapsed } = block;
  const children = html`<${Blocks} blocks=${listOf(child_blocks)} surface=${surface} />`;
  if (!is_collapsible) {
    return html`<p class="title"><strong>${textNode(title)}</strong></p>${children}`;
  }
  return html`<details open=${!default_collapsed}>
    <summary>${textNode(title)}</summary>
    ${children}
  </details>`;
}

/** Pictures come from outside, and this page loads nothing from there. */
function image({ alt_text, title }: WireBlock, _surface?: Surface): Node {
  return html`<span class="picture" role="img" aria-label=${String(alt_text)}
    >Picture: ${String(alt_text)}${title ? ` (${wordsOf(title)})` : ''}</span
  >`;
}

const task = ({ title, status, details, output }: WireBlock): Node =>
  html`<div class="task">
    <strong>${textNode(title)}</strong> (${String(status ?? '').replaceAll('_', ' ')})
    ${[details, output].map((part) => (isBlock(part) ? richText(part) : null))}
  </div>`;

const isBlock = (value: unknown): value is WireBlock =>
  typeof value === 'object' && value !== null && 'type' in value;

function table(block: WireBlock): Node {
  const rows = (Array.isArray(block.rows) ? block.rows : []) as unknown[];
  const settings = listOf(block.column_settings);
  const [head, ...body] = rows.map(listOf);
  const align = (index: number) =>
    classes(
      settings[index]?.align === 'right' && 'right',
      settings[index]?.is_wrapped === true && 'wrapped',
    );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table">
    <table>
      ${block.caption ? html`<caption>${wordsOf(block.caption)}</caption>` : null}
      <thead>
        <tr>
          ${head?.map((one_, index) => html`<th scope="col" class=${align(index)}>${cell(one_)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body.map(
          (row) =>
            html`<tr>
              ${row.map((one_, index) => html`<td class=${align(index)}>${cell(one_)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function Field({ block, surface }: { block: WireBlock; surface: Surface }): Node {
  const { label, hint, element, block_id, optional } = block;
  const id = String(block_id ?? '');
  const error = surface.errors?.[id];
  return html`<div class=${classes('field', error !== undefined && 'wrong')}>
    <span class="label" id=${`label-${id}`}>
      ${wordsOf(label)}${optional ? html` <span class="optional">(optional)</span>` : null}
    </span>
    ${
      isBlock(element)
        ? html`<${Element} element=${element} blockId=${id} surface=${surface} labelledBy=${`label-${id}`}
            dispatches=${block.dispatch_action === true} isInput=${true} />`
        : null
    }
    ${hint ? html`<p class="hint">${wordsOf(hint)}</p>` : null}
    ${error === undefined ? null : html`<p class="error" role="alert">Not accepted: ${error}</p>`}
  </div>`;
}
