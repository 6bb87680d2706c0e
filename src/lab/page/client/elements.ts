/** Block Kit's interactive elements as native controls, so that keyboards and readers know them. */

import { useState } from 'preact/hooks';
import type { WireBlock, WireFieldValue, WirePlace } from '../wire.ts';
import { choose } from './api.ts';
import { confirmed } from './confirm.ts';
import { ExternalSelect } from './external-select.ts';
import { textNode, wordsOf } from './inline.ts';
import { listOf } from './rich-text.ts';
import { current } from './store.ts';
import { keepDraft, placeIn, type Surface, valueIn } from './surface.ts';
import { classes, html, type Node } from './view.ts';

interface ElementProps {
  readonly element: WireBlock;
  readonly blockId: string;
  readonly surface: Surface;
  readonly labelledBy?: string;
  /** In an input block: sent with Submit, and told at once only when the block dispatches. */
  readonly isInput?: boolean;
  readonly dispatches?: boolean;
}

/** What each kind of control needs. */
export interface Control {
  readonly element: WireBlock;
  readonly place: WirePlace;
  readonly value: WireFieldValue;
  readonly name: { readonly 'aria-label'?: string; readonly 'aria-labelledby'?: string };
  readonly put: (value: WireFieldValue) => void;
}

export function Element(props: ElementProps): Node {
  const { element, blockId, surface, labelledBy, isInput = false, dispatches = false } = props;
  const place = placeIn(surface, blockId, String(element.action_id ?? ''));
  if (element.type === 'image') {
    return html`<span class="picture">Picture: ${String(element.alt_text)}</span>`;
  }
  if (element.type === 'button' || element.type === 'workflow_button') {
    return html`<${Button} element=${element} place=${place} />`;
  }
  const put = (value: WireFieldValue): void => {
    keepDraft(surface, place, value);
    if (!isInput || dispatches) void send(element, place, value);
  };
  const label = wordsOf(element.placeholder) || String(element.action_id ?? element.type);
  const control: Control = {
    element,
    place,
    value: valueIn(surface, place, element),
    name: labelledBy ? { 'aria-labelledby': labelledBy } : { 'aria-label': label },
    put,
  };
  const draw = CONTROLS[element.type];
  if (draw) return draw(control);
  return html`<span class="unknown">Slack shows an element of the type ${element.type} here.</span>`;
}

/** Asks first where the app wants a confirmation. */
async function send(element: WireBlock, place: WirePlace, value?: WireFieldValue): Promise<void> {
  if (element.confirm && !(await confirmed(element.confirm as WireBlock))) return;
  await choose(place, value);
}

function Button({ element, place }: { element: WireBlock; place: WirePlace }): Node {
  const [isSent, setSent] = useState(false);
  const press = async (): Promise<void> => {
    setSent(true);
    await send(element, place);
    setSent(false);
  };
  const style = typeof element.style === 'string' && element.style;
  const label = typeof element.accessibility_label === 'string' ? element.accessibility_label : '';
  return html`<button
    type="button"
    class=${classes('button', style)}
    aria-busy=${isSent}
    disabled=${isSent}
    aria-label=${label || undefined}
    data-action=${place.actionId}
    onClick=${press}
  >
    ${textNode(element.text)}
  </button>`;
}

type DrawControl = (control: Control) => Node;

interface Option {
  readonly value: string;
  readonly text: string;
  readonly description: string;
}

function optionsOf(options: unknown): Option[] {
  return listOf(options).map((option) => ({
    value: String(option.value),
    text: wordsOf(option.text),
    description: wordsOf(option.description),
  }));
}

const optionNode = (chosen: WireFieldValue) => (option: Option) =>
  html`<option
    value=${option.value}
    selected=${Array.isArray(chosen) ? chosen.includes(option.value) : chosen === option.value}
  >
    ${option.text}
  </option>`;

function groupsOf({ element, value }: Control): Node {
  const groups = listOf(element.option_groups).map(
    (group) =>
      html`<optgroup label=${wordsOf(group.label)}>
        ${optionsOf(group.options).map(optionNode(value))}
      </optgroup>`,
  );
  return [groups, optionsOf(element.options).map(optionNode(value))];
}

function select(control: Control, options: Node): Node {
  const { element, place, value, name, put } = control;
  const changed = (event: Event) => put((event.target as HTMLSelectElement).value || null);
  return html`<select ...${name} data-action=${place.actionId} onChange=${changed}>
    <option value="" selected=${value === null}>${wordsOf(element.placeholder) || 'Choose'}</option>
    ${options}
  </select>`;
}

function multiSelect({ place, name, put }: Control, options: Node): Node {
  const changed = (event: Event) =>
    put([...(event.target as HTMLSelectElement).selectedOptions].map((option) => option.value));
  return html`<select multiple ...${name} data-action=${place.actionId} onChange=${changed}>
    ${options}
  </select>`;
}

const named = (value: WireFieldValue, all: readonly { id: string; name: string }[]): Node =>
  all.map(({ id, name }) => optionNode(value)({ value: id, text: name, description: '' }));

const people = ({ value }: Control) => named(value, current().start?.people ?? []);
const channels = ({ value }: Control) => named(value, current().start?.channels ?? []);

function ticks(kind: 'checkbox' | 'radio', control: Control): Node {
  const { element, place, value, name, put } = control;
  const chosen: readonly string[] = Array.isArray(value)
    ? value
    : value === null
      ? []
      : [value as string];
  const changed = (option: string, isOn: boolean) => {
    if (kind === 'radio') put(option);
    else put(isOn ? [...chosen, option] : chosen.filter((one) => one !== option));
  };
  return html`<div role=${kind === 'radio' ? 'radiogroup' : 'group'} class="ticks" ...${name}>
    ${optionsOf(element.options).map(
      (option) =>
        html`<label>
          <input
            type=${kind}
            name=${`${place.blockId} ${place.actionId}`}
            checked=${chosen.includes(option.value)}
            onChange=${(event: Event) => changed(option.value, (event.target as HTMLInputElement).checked)}
          />
          <span>${option.text}${option.description ? html`<small>${option.description}</small>` : null}</span>
        </label>`,
    )}
  </div>`;
}

function input(type: string, control: Control): Node {
  const { element, place, value, name, put } = control;
  const typed = (event: Event) => put((event.target as HTMLInputElement).value || null);
  const shared = { ...name, 'data-action': place.actionId, maxlength: element.max_length };
  const text = { placeholder: wordsOf(element.placeholder), value: value ?? '' };
  return element.multiline === true
    ? html`<textarea rows="4" ...${shared} ...${text} onInput=${typed}></textarea>`
    : html`<input type=${type} ...${shared} ...${text} onInput=${typed} />`;
}

const CONTROLS: Readonly<Record<string, DrawControl>> = {
  static_select: (control) => select(control, groupsOf(control)),
  overflow: (control) => select(control, groupsOf(control)),
  users_select: (control) => select(control, people(control)),
  channels_select: (control) => select(control, channels(control)),
  conversations_select: (control) => select(control, channels(control)),
  multi_static_select: (control) => multiSelect(control, groupsOf(control)),
  multi_users_select: (control) => multiSelect(control, people(control)),
  external_select: (control) => html`<${ExternalSelect} control=${control} />`,
  checkboxes: (control) => ticks('checkbox', control),
  radio_buttons: (control) => ticks('radio', control),
  plain_text_input: (control) => input('text', control),
  number_input: (control) => input('number', control),
  email_text_input: (control) => input('email', control),
  url_text_input: (control) => input('url', control),
  datepicker: (control) => input('date', control),
  timepicker: (control) => input('time', control),
};
