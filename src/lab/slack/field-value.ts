/** A picked or typed value as `state.values` and actions hold it. Pure. */

import { Problem } from '../../domain/problem.ts';
import type { FieldValue } from './choices.ts';
import { fieldsIn, holdsOf, optionsOf } from './elements.ts';
import type { Block } from './message.ts';
import type { Fields } from './rule-parts.ts';

interface Given {
  readonly value: FieldValue;
  /** Names the field to a person. */
  readonly field: string;
  /** What the app offered, when it is an external select. */
  readonly offered: readonly Fields[];
}

/** @throws Problem `slack-no-such-option` when a person could not have done that */
export function heldValue(element: Block, { value, field, offered }: Given): Fields {
  const holds = holdsOf(element);
  const known = [
    ...optionsOf(element),
    ...offered,
    ...fieldsIn([element.initial_option]),
    ...fieldsIn(element.initial_options),
  ];
  const values = [value ?? []].flat();
  const refused = new Problem('slack-no-such-option', {
    field,
    value: value === null ? 'nothing' : values.join(', '),
    options: known.map((one) => String(one.value)),
  });
  const optionOf = (wanted: string) => {
    const option = known.find((one) => one.value === wanted);
    if (!option) throw refused;
    return option;
  };
  const isMany = holds?.holds === 'options' || holds?.holds === 'ids';
  if (!holds || (value !== null && Array.isArray(value) !== isMany)) throw refused;
  const [first = null] = values;
  switch (holds.holds) {
    case 'text':
    case 'id':
      return { [holds.name]: first };
    case 'number':
      return { [holds.name]: first === null ? null : Number(first) };
    case 'ids':
      return { [holds.name]: values };
    case 'option':
      return { [holds.name]: first === null ? null : optionOf(first) };
    case 'options':
      return { [holds.name]: values.map(optionOf) };
  }
}
