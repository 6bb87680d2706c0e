/** What `ferry stream send` keeps beside a disk, so that it can be ended and started again. */

import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readRecord, writeRecord } from '../../stream/record-file.ts';
import { newTicket } from '../../stream/ticket.ts';
import { type Identity, loadOrCreateIdentity } from '../../trust/identity.ts';

const NAME_BYTES = 8;

const offerSchema = z.object({
  operation: z.string(),
  ticket: z.string(),
  /** Of the first receiver that showed the ticket: no other one may. */
  receiverKey: z.string().optional(),
});

export interface SendPlace extends z.infer<typeof offerSchema> {
  readonly identity: Identity;
  /** Of what was sent: what differs from it is all that is sent the next time. */
  readonly digests: string;
  /** Keeps whose key it was. */
  bind(receiverKey: string): Promise<void>;
}

/**
 * Of the disk whose chain stands on `base`: its checkpoints come and go, what was sent of it stays.
 * @throws {Problem} identity-damaged
 */
export async function openSendPlace(base: string): Promise<SendPlace> {
  const directory = `${base}.ferry-stream`;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'offer.json');
  const found = await readRecord(file, offerSchema);
  const offer = found ?? {
    operation: `s${randomBytes(NAME_BYTES).toString('hex')}`,
    ticket: newTicket(),
  };
  if (found === undefined) await writeRecord(file, offer);
  return {
    ...offer,
    identity: await loadOrCreateIdentity(join(directory, 'identity'), 'sender'),
    digests: join(directory, 'digests'),
    bind: (receiverKey) => writeRecord(file, { ...offer, receiverKey }),
  };
}
