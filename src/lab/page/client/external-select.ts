/** A select whose options the bot offers for what is typed. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireBlock, WireOption } from '../wire.ts';
import { options as askOptions } from './api.ts';
import type { Control } from './elements.ts';
import { wordsOf } from './inline.ts';
import { html, type Node } from './view.ts';

const TYPING_MILLISECONDS = 200;
/** Slack's own, when the app names none. */
const CHARACTERS_MIN_DEFAULT = 3;

export function ExternalSelect({ control }: { control: Control }): Node {
  const { element, place, name, put } = control;
  const began = wordsOf((element.initial_option as WireBlock | undefined)?.text);
  const [typed, setTyped] = useState(began);
  const [offered, setOffered] = useState<readonly WireOption[]>([]);
  const [at, setAt] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const asking = useRef(0);
  const charactersMin = Number(element.min_query_length ?? CHARACTERS_MIN_DEFAULT);
  const isShort = typed.length < charactersMin;
  useEffect(() => {
    if (!isOpen || isShort) {
      setOffered([]);
      return undefined;
    }
    const mine = ++asking.current;
    const timer = setTimeout(async () => {
      const found = await askOptions(place, typed);
      // A slow answer to what was typed before says nothing now.
      if (mine === asking.current) setOffered(found);
    }, TYPING_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [typed, isOpen]);
  const pick = (option: WireOption): void => {
    setTyped(option.text);
    setOpen(false);
    put(option.value);
  };
  const key = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && offered.length > 0) {
      event.preventDefault();
      setOpen(true);
      setAt((at + step + offered.length) % offered.length);
    }
    if (event.key === 'Escape' && isOpen && offered.length > 0) {
      // Closes the list; the next Escape closes the modal.
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
    const option = offered[at];
    if (event.key === 'Enter' && isOpen && option) {
      event.preventDefault();
      pick(option);
    }
  };
  const list = `options-${place.blockId}-${place.actionId}`;
  return html`<div class="combo">
    <input
      type="text" role="combobox" autocomplete="off" ...${name}
      data-action=${place.actionId}
      aria-expanded=${isOpen} aria-controls=${list} aria-autocomplete="list"
      aria-activedescendant=${isOpen && at >= 0 ? `${list}-${at}` : undefined}
      placeholder=${wordsOf(element.placeholder)}
      value=${typed}
      onFocus=${() => setOpen(true)}
      onBlur=${() => setOpen(false)}
      onInput=${(event: Event) => {
        setOpen(true);
        setAt(-1);
        setTyped((event.target as HTMLInputElement).value);
      }}
      onKeyDown=${key}
    />
    <ul id=${list} role="listbox" hidden=${!isOpen || offered.length === 0}>
      ${offered.map(
        (option, index) =>
          html`<li
            role="option" id=${`${list}-${index}`} aria-selected=${index === at}
            onMouseDown=${(event: Event) => {
              event.preventDefault();
              pick(option);
            }}
          >
            ${option.text}${option.description ? html`<small>${option.description}</small>` : null}
          </li>`,
      )}
    </ul>
    ${
      isOpen && isShort
        ? html`<p class="hint" role="status">Type at least ${charactersMin} characters.</p>`
        : null
    }
  </div>`;
}
