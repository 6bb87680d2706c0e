/** A way to break the real files. */

export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
}

export const in_ = (file: string, find: string, replace: string): Patch => ({
  file,
  find,
  replace,
});
export const step = (name: string) => `src/migration/steps/${name}.ts`;
