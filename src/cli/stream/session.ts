/** What a receiver asks before it receives, and is told. */

import { z } from 'zod';

/** There is one, and it is attached nowhere. */
export const DISK = 'disk' as const;

export const ticketSchema = z.object({ ticket: z.string().max(256) });

const bytes = z.int().min(0);

export const offeredSchema = z.object({
  operation: z.string(),
  /** Which one is committed when all is done. */
  round: z.int().min(0),
  /** Names the disk's content. */
  frozen: z.string(),
  shape: z.object({
    disk: z.literal(DISK),
    virtualBytes: bytes,
    logicalSectorBytes: bytes,
    diskId: z.string(),
    format: z.enum(['vhdx', 'vhd']),
    type: z.enum(['fixed', 'dynamic']),
    blockBytes: bytes,
    physicalSectorBytes: bytes,
  }),
});

export type Offered = z.infer<typeof offeredSchema>;
