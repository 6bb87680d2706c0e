/** The signs of a merge's end, in the order of facts D.4. */

export const SIGNS = ['checkpoint', 'status', 'parent', 'file', 'event'] as const;
export type Sign = (typeof SIGNS)[number];
