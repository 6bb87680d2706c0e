/** A standing order to keep a VM aligned: it outlives each operation that does so for a while. */

import { z } from 'zod';

/** More often than that, checkpoints would come and go all the time. */
export const EVERY_SECONDS_MIN = 10;
/** Longer than that, the chain of a busy VM grows for too long. */
export const EVERY_SECONDS_MAX = 86_400;

export const orderSchema = z.strictObject({
  vm: z.strictObject({ id: z.string().min(1), name: z.string().min(1) }),
  /** Where the VM was when it was looked at last, and the host that keeps the copy. */
  source: z.string().min(1),
  target: z.string().min(1),
  everySeconds: z.int().min(1).max(EVERY_SECONDS_MAX),
  bytesPerSecondMax: z.number().positive().exactOptional(),
  /** Slack user id of the person who asked, and where its messages go. */
  user: z.string().min(1),
  channel: z.string().min(1),
  /** Milliseconds since 1970, the store's clock. */
  at: z.number().nonnegative(),
});

export type AlignmentOrder = Readonly<z.infer<typeof orderSchema>>;

/** Where an alignment goes from and to, now that the VM is there: the copy is never beside its VM. */
export function followed(
  { source, target }: Pick<AlignmentOrder, 'source' | 'target'>,
  home: string,
): Pick<AlignmentOrder, 'source' | 'target'> {
  return { source: home, target: home === target ? source : target };
}
