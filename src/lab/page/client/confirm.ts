/** Slack's confirm dialog: one at a time, answered before anything is sent. */

import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { WireBlock } from '../wire.ts';
import { textNode, wordsOf } from './inline.ts';
import { classes, html, type Node } from './view.ts';

/** True when the person confirms; Esc and the other button are no. */
export function confirmed(confirm: WireBlock): Promise<boolean> {
  const place = document.createElement('div');
  document.body.append(place);
  return new Promise((resolve) => {
    const answer = (isYes: boolean): void => {
      render(null, place);
      place.remove();
      resolve(isYes);
    };
    render(html`<${Confirm} confirm=${confirm} answer=${answer} />`, place);
  });
}

function Confirm({ confirm, answer }: { confirm: WireBlock; answer: (is: boolean) => void }): Node {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { title, text, style } = confirm;
  return html`<dialog
    ref=${dialog} class="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-text"
    onCancel=${(event: Event) => {
      event.preventDefault();
      answer(false);
    }}
  >
    <h2 id="confirm-title">${wordsOf(title)}</h2>
    <div id="confirm-text">${textNode(text)}</div>
    <div class="choices">
      <button type="button" class="button" onClick=${() => answer(false)}>
        ${wordsOf(confirm.deny) || 'Cancel'}
      </button>
      <button
        type="button"
        class=${classes('button', style === 'danger' ? 'danger' : 'primary')}
        onClick=${() => answer(true)}
      >
        ${wordsOf(confirm.confirm) || 'Yes'}
      </button>
    </div>
  </dialog>`;
}
