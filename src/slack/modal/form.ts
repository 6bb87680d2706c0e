/** The form's views: pure, from what the hosts say and what is filled in. */

import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Words } from '../../texts/words.ts';
import { OPTIONS, type Option } from '../commands/options.ts';
import type { HostRow } from '../rows.ts';
import { type Block, escaped, named, note, section } from '../views/blocks.ts';
import {
  blockOf,
  exampleOf,
  FIELD,
  type Fields,
  fieldAction,
  NO_FIELDS,
  vmValue,
} from './fields.ts';
import { OPTIONS_MAX, option, plain, readyHosts, unlisted, vmCount, vmGroups } from './vm-list.ts';

export const MODAL = 'ferry.migrate';
const TITLE_CHARS_MAX = 24;
const HINT_CHARS_MAX = 150;
const HOSTS_MAX = 100;

export type Modal = types.ModalView;
type Input = types.InputBlock;

/** Where it was asked for: hosts are scoped by channel. Slack keeps it with the view. */
export interface Meta {
  readonly channel: string;
}

const metaSchema = z.object({ channel: z.string() });

/** From a view's `private_metadata`; without one of ours, a channel that is nowhere. */
export function metaOf(text: string | undefined): Meta {
  try {
    return metaSchema.safeParse(JSON.parse(text || 'null')).data ?? { channel: '' };
  } catch (error) {
    if (error instanceof SyntaxError) return { channel: '' };
    throw error;
  }
}

/** A view that only says something. */
export function saying(blocks: readonly Block[], meta: Meta, { plan }: Words): Modal {
  const { title, close } = plan.modal;
  return {
    type: 'modal',
    callback_id: MODAL,
    private_metadata: JSON.stringify(meta),
    title: plain(title, TITLE_CHARS_MAX),
    close: plain(close, TITLE_CHARS_MAX),
    blocks: [...blocks],
  };
}

/** Opened at once, because Slack waits three seconds and hosts may take longer. */
export const skeleton = (meta: Meta, words: Words): Modal =>
  saying([section(escaped(words.plan.modal.asking))], meta, words);

export interface Form {
  readonly hosts: readonly HostRow[];
  readonly fields?: Fields;
  /** What the checks say about what is filled in. */
  readonly shown: readonly Block[];
}

export function form({ hosts, fields = NO_FIELDS, shown }: Form, meta: Meta, words: Words): Modal {
  const { modal } = words.plan;
  const view = saying([], meta, words);
  const absent = absentBlocks(hosts, words);
  if (readyHosts(hosts).length === 0) {
    return { ...view, blocks: [section(escaped(modal.noHosts)), ...absent] };
  }
  // Slack refuses a list without options: there may be VMs whose names no list can hold.
  if (vmGroups(hosts, words).length === 0) {
    const none = vmCount(hosts) === 0 ? [section(escaped(modal.noVms))] : [];
    return { ...view, blocks: [...none, ...absent] };
  }
  return {
    ...view,
    submit: plain(modal.submit, TITLE_CHARS_MAX),
    blocks: [
      vmInput(hosts, fields, words),
      targetInput(hosts, fields, words),
      ...OPTIONS.map((one) => optionInput(one, { hosts, fields }, words)),
      { type: 'divider' },
      ...shown,
      ...absent,
      note(escaped(modal.nothing)),
    ],
  };
}

/** Hosts whose VMs are not in the list are said: else a VM would seem to be gone. */
function absentBlocks(hosts: readonly HostRow[], { plan }: Words): Block[] {
  const names = (state: HostRow['state']) =>
    hosts.filter((host) => host.state === state).map(({ name }) => named(name));
  const [away, strange] = [names('away'), names('not enrolled')];
  const hidden = unlisted(hosts);
  return [
    ...(away.length > 0 ? [plan.modal.away(away)] : []),
    ...(strange.length > 0 ? [plan.modal.notEnrolled(strange)] : []),
    ...(hidden > 0 ? [plan.modal.unlisted(hidden)] : []),
  ].map((text) => note(escaped(text)));
}

/** `dispatch_action`: the checks follow each choice. */
function input(block: string, label: string, element: Input['element']): Input {
  return { type: 'input', block_id: block, dispatch_action: true, label: plain(label), element };
}

function vmInput(hosts: readonly HostRow[], { vm }: Fields, words: Words): Input {
  const { modal } = words.plan;
  const count = vmCount(hosts);
  const value = vm && vmValue(vm.host, vm.name);
  const groups = vmGroups(hosts, words);
  const listed = groups.flatMap(({ options }) => options).find((one) => one.value === value);
  if (count <= OPTIONS_MAX) {
    return input(FIELD.vm, modal.vm, {
      type: 'static_select',
      action_id: fieldAction(FIELD.vm),
      placeholder: plain(modal.choose),
      option_groups: groups,
      ...(listed ? { initial_option: listed } : {}),
    });
  }
  return input(FIELD.vm, modal.vm, {
    type: 'external_select',
    action_id: fieldAction(FIELD.vm),
    placeholder: plain(modal.many(count)),
    min_query_length: 0,
    ...(vm && value !== undefined ? { initial_option: option(named(vm.name), value) } : {}),
  });
}

function targetInput(hosts: readonly HostRow[], { target }: Fields, { plan }: Words): Input {
  const options = readyHosts(hosts)
    .slice(0, HOSTS_MAX)
    .map(({ name }) => option(name, name));
  const chosen = options.find(({ value }) => value === target);
  return input(FIELD.target, plan.modal.target, {
    type: 'static_select',
    action_id: fieldAction(FIELD.target),
    placeholder: plain(plan.modal.choose),
    options,
    ...(chosen ? { initial_option: chosen } : {}),
  });
}

/** Each option of the command is a field: a select where its values are known, else a text. */
function optionInput(
  one: Option,
  { hosts, fields }: { hosts: readonly HostRow[]; fields: Fields },
  { plan }: Words,
): Input {
  const { modal } = plan;
  const { name } = one;
  const typed = fields.options.get(name);
  const hint = name === 'method' ? modal.hint.method : modal.hint[name](exampleOf(one));
  const choices = choicesOf(one, volumesOf(hosts, fields.target), plan);
  const chosen = choices.find(({ value }) => value === typed);
  const element: Input['element'] =
    choices.length > 0
      ? {
          type: 'static_select',
          action_id: fieldAction(name),
          placeholder: plain(modal.choose),
          options: choices,
          ...(chosen ? { initial_option: chosen } : {}),
        }
      : {
          type: 'plain_text_input',
          action_id: fieldAction(name),
          dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
          ...(typed === undefined ? {} : { initial_value: typed }),
        };
  const label = modal.option[name];
  return {
    ...input(blockOf(name, fields.target), label, element),
    optional: true,
    hint: plain(hint, HINT_CHARS_MAX),
  };
}

const volumesOf = (hosts: readonly HostRow[], target: string | undefined) =>
  hosts.find(({ name }) => name === target)?.volumes ?? [];

function choicesOf(
  { name, choices = [] }: Option,
  volumes: HostRow['volumes'],
  { modal, value }: Words['plan'],
) {
  if (name === 'volume') {
    const free = (bytes: number) => modal.free(value.bytes(bytes));
    return volumes
      .slice(0, OPTIONS_MAX)
      .filter(({ path }) => path.length <= HINT_CHARS_MAX)
      .map(({ path, bytesFree }) => option(`${path} (${free(bytesFree)})`, path));
  }
  return choices.map((choice) => option(choiceText(choice, modal), choice));
}

const choiceText = (choice: string, { choice: say }: Words['plan']['modal']): string =>
  choice === 'live' || choice === 'stream' ? say[choice] : choice;
