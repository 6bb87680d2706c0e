/** Slack's modals: the one on top of the stack, in a dialog that keeps the focus. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireFieldValue, WireOpenView } from '../wire.ts';
import { dismiss, submit } from './api.ts';
import { Blocks } from './blocks.ts';
import { useStore } from './store.ts';
import type { Surface } from './surface.ts';
import { html, type Node } from './view.ts';

export function Modals(): Node {
  const views = useStore((state) => state.views);
  const top = views.at(-1);
  return top ? html`<${Modal} key=${top.viewId} open=${top} depth=${views.length} />` : null;
}

function Modal({ open, depth }: { open: WireOpenView; depth: number }): Node {
  const { viewId, view, values } = open;
  const dialog = useRef<HTMLDialogElement>(null);
  const drafts = useRef(new Map<string, Map<string, WireFieldValue>>());
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>();
  const [isSent, setSent] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const surface: Surface = { viewId, values, drafts: drafts.current, errors };
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSent(true);
    // What was put into a block that the app has taken away since is not sent.
    const shown = new Set(view.blocks.map(({ block_id }) => block_id));
    const filled = Object.fromEntries(
      [...drafts.current]
        .filter(([block]) => shown.has(block))
        .map(([block, fields]) => [block, Object.fromEntries(fields)]),
    );
    const done = await submit(viewId, filled);
    setErrors(done?.errors);
    setSent(false);
  };
  const leave = (event: Event): void => {
    event.preventDefault();
    void dismiss(viewId);
  };
  return html`<dialog ref=${dialog} class="modal" aria-labelledby="modal-title" onCancel=${leave}>
    <form onSubmit=${send}>
      <header>
        <h2 id="modal-title">${view.title?.text}</h2>
        <button type="button" class="close" aria-label="Close this modal" onClick=${leave}>✕</button>
      </header>
      <div class="content"><${Blocks} blocks=${view.blocks} surface=${surface} /></div>
      <footer>
        <button type="button" class="button" onClick=${leave}>
          ${view.close?.text ?? (depth > 1 ? 'Back' : 'Close')}
        </button>
        ${
          view.submit
            ? html`<button class="button primary" disabled=${isSent} aria-busy=${isSent}>
                ${view.submit.text}
              </button>`
            : null
        }
      </footer>
    </form>
  </dialog>`;
}
