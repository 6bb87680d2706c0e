/** The operating system's code of an error, for example `ENOENT`. */

/** By shape: errors of Node's own modules may be of another realm than ours. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
