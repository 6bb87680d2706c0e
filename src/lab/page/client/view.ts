/** The one door to preact: elements are made as nodes, so text from outside can never be markup. */

import { html as tag } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';

export type Node = ComponentChildren;

/** JSX without a build step. */
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => VNode = tag;

/** Class names; those that are false are left out. */
export const classes = (...names: (string | false | undefined)[]): string =>
  names.filter((name) => typeof name === 'string').join(' ');
