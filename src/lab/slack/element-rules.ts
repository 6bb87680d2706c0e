/**
 * Slack's limits of the elements that people press, pick and fill in (the doc comments of
 * @slack/types, Slack's reference of the option object), and in which blocks each may be.
 */

import {
  all,
  anything,
  type Fields,
  isFields,
  list,
  missing,
  only,
  optional,
  type Rule,
  string,
  text,
  word,
} from './rule-parts.ts';
import { rowOf } from './table.ts';

const OPTIONS_MAX = 100;
const FEW_OPTIONS_MAX = 10;
const OVERFLOW_OPTIONS_MAX = 5;
const OPTION_VALUE_MAX = 150;
const INPUT_CHARACTERS_MAX = 3_000;
const URL_CHARACTERS_MAX = 3_000;

const PLAIN = { isRequired: true, type: 'plain_text' } as const;

const CONFIRM_RULE = all(
  only('title', 'text', 'confirm', 'deny', 'style'),
  text('title', 100, { type: 'plain_text' }),
  text('text', 300, { isRequired: true }),
  text('confirm', 30, { type: 'plain_text' }),
  text('deny', 30, { type: 'plain_text' }),
  word('style', ['primary', 'danger']),
);

const BUTTON_RULE = all(
  only('type', 'text', 'action_id', 'url', 'value', 'style', 'confirm', 'accessibility_label'),
  text('text', 75, PLAIN),
  string('value', 2_000),
  string('url', URL_CHARACTERS_MAX),
  string('action_id', 255),
  string('accessibility_label', 75),
  word('style', ['primary', 'danger']),
  optional('confirm', CONFIRM_RULE),
);

/** Radio buttons and checkboxes take mrkdwn, menus do not. */
const optionRule = (type?: 'plain_text'): Rule =>
  all(
    only('text', 'value', 'description', 'url'),
    text('text', 75, { isRequired: true, ...(type ? { type } : {}) }),
    string('value', OPTION_VALUE_MAX, { isRequired: true }),
    text('description', 75),
    string('url', URL_CHARACTERS_MAX),
  );

const MENU_OPTION = optionRule('plain_text');

const GROUP_RULE = all(
  only('label', 'options'),
  text('label', 75, PLAIN),
  list('options', { most: OPTIONS_MAX, each: MENU_OPTION }),
);

const optionLists = all(
  list('options', { most: OPTIONS_MAX, each: MENU_OPTION, isOptional: true }),
  list('option_groups', { most: OPTIONS_MAX, each: GROUP_RULE, isOptional: true }),
);

/** What the ack of a block_suggestion may offer: nothing found is an empty list. */
export const offerViolations: Rule = (offer, at) => {
  const lists = [offer.options, offer.option_groups];
  if (lists.some((one) => Array.isArray(one) && one.length === 0)) return [];
  if (lists.every((one) => one === undefined)) return [missing(`${at}/options`)];
  return optionLists(offer, at);
};

const someOptions: Rule = (element, at) =>
  element.options === undefined && element.option_groups === undefined
    ? [missing(`${at}/options`)]
    : optionLists(element, at);

/** Slack does not show a choice that the menu does not have. */
const initialAmongOptions: Rule = (element, at) => {
  const groups = listOf(element.option_groups).flatMap(({ options }) => listOf(options));
  const values = [...listOf(element.options), ...groups].map(({ value }) => value);
  const initial = [element.initial_option, ...listOf(element.initial_options)].filter(isFields);
  return initial.every(({ value }) => values.includes(value))
    ? []
    : [`initial option is not among the options [json-pointer:${at}]`];
};

const common = all(
  string('action_id', 255),
  text('placeholder', 150, { type: 'plain_text' }),
  optional('confirm', CONFIRM_RULE),
);

const staticMenu = all(common, someOptions, initialAmongOptions);

const externalMenu = all(
  common,
  only(
    'type',
    'action_id',
    'placeholder',
    'confirm',
    'focus_on_load',
    'min_query_length',
    'initial_option',
    'initial_options',
    'max_selected_items',
  ),
);

const few = (most: number, each: Rule): Rule =>
  all(common, list('options', { most, each }), initialAmongOptions);

const textInput = all(common, string('initial_value', INPUT_CHARACTERS_MAX));

const plainTextInput: Rule = all(textInput, ({ min_length, max_length }, at) =>
  [min_length, max_length].flatMap((length) =>
    typeof length === 'number' && length > INPUT_CHARACTERS_MAX
      ? [`must be less than ${INPUT_CHARACTERS_MAX + 1} [json-pointer:${at}]`]
      : [],
  ),
);

const MENUS: Readonly<Record<string, Rule>> = {
  channels_select: common,
  conversations_select: common,
  external_select: externalMenu,
  multi_channels_select: common,
  multi_conversations_select: common,
  multi_external_select: externalMenu,
  multi_static_select: staticMenu,
  multi_users_select: common,
  static_select: staticMenu,
  users_select: common,
};

const PICKERS: Readonly<Record<string, Rule>> = {
  ...MENUS,
  checkboxes: few(FEW_OPTIONS_MAX, optionRule()),
  datepicker: common,
  radio_buttons: few(FEW_OPTIONS_MAX, optionRule()),
  timepicker: common,
};

const PRESSED: Readonly<Record<string, Rule>> = {
  button: BUTTON_RULE,
  overflow: few(OVERFLOW_OPTIONS_MAX, MENU_OPTION),
  workflow_button: common,
};

const IN_ACTIONS = { ...PICKERS, ...PRESSED, datetimepicker: common };
const IN_SECTION = { ...PICKERS, ...PRESSED, image: imageElement };
const IN_INPUT = {
  ...PICKERS,
  datetimepicker: common,
  email_text_input: textInput,
  file_input: common,
  number_input: textInput,
  plain_text_input: plainTextInput,
  rich_text_input: common,
  url_text_input: textInput,
};
const IN_CONTEXT = { image: imageElement, mrkdwn: text('', 3_000), plain_text: text('', 3_000) };
const IN_CONTEXT_ACTIONS = { feedback_buttons: anything, icon_button: anything };

export const actionsElement = elementOf(IN_ACTIONS);
export const sectionAccessory = elementOf(IN_SECTION);
export const inputElement = elementOf(IN_INPUT);
export const contextElement = elementOf(IN_CONTEXT);
export const contextActionsElement = elementOf(IN_CONTEXT_ACTIONS);

function elementOf(rules: Readonly<Record<string, Rule>>): Rule {
  return (element, at) => {
    const rule = rowOf(rules, String(element.type));
    if (rule) return rule(element, at);
    return [`unsupported type: ${String(element.type)} [json-pointer:${at}/type]`];
  };
}

function imageElement(element: Fields, at: string): string[] {
  return string('alt_text', 2_000, { isRequired: true })(element, at);
}

const listOf = (value: unknown): Fields[] =>
  Array.isArray(value) ? value.filter((item) => isFields(item)) : [];
