/** Where people type: slash commands and messages. Enter sends, Shift and Enter make a new line. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { say } from './api.ts';
import { nameOf, useStore } from './store.ts';
import { html, type Node } from './view.ts';

/** For newcomers, as long as the channel is empty. */
const EXAMPLES = ['/migrate dc02 to hv-b', '/migrate hosts', '/migrate help'];

interface ComposerProps {
  readonly label: string;
  readonly threadTs?: string;
  readonly isEmpty?: boolean;
}

export function Composer({ label, threadTs, isEmpty = false }: ComposerProps): Node {
  const me = useStore((state) => nameOf(state, state.me));
  const box = useRef<HTMLTextAreaElement>(null);
  const [typed, setTyped] = useState('');
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [typed]);
  const send = (event: Event): void => {
    event.preventDefault();
    const text = typed.trim();
    if (text === '') return;
    setTyped('');
    // Not awaited: the answer comes into the channel, and the next line can be typed meanwhile.
    void say(text, threadTs);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) send(event);
  };
  const fill = (example: string): void => {
    setTyped(example);
    box.current?.focus();
  };
  return html`<form class="composer" onSubmit=${send}>
    ${
      isEmpty
        ? html`<div class="examples">
            ${EXAMPLES.map(
              (example) =>
                html`<button type="button" onClick=${() => fill(example)}>${example}</button>`,
            )}
          </div>`
        : null
    }
    <div class="box">
      <textarea
        ref=${box} rows="1" value=${typed} aria-label=${`${label} as ${me}`}
        placeholder=${`${label} as ${me}`}
        onInput=${(event: Event) => setTyped((event.target as HTMLTextAreaElement).value)}
        onKeyDown=${pressed}
      ></textarea>
      <button class="send" aria-label="Send" disabled=${typed.trim() === ''}>Send</button>
    </div>
  </form>`;
}
