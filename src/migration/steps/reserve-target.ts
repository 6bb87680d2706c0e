/** Room on the target: disk, startup memory and a slot, counted by every other plan. */

import type { StepActs } from '../step.ts';

export const reserveTarget: StepActs = {
  async run({ opened: { plan }, token, ports }) {
    const { bytesOnTargetMax: bytes, memoryStartupBytes: memoryBytes } = plan;
    await ports.reservations.reserve({ operation: token.operation, bytes, memoryBytes });
    return { bytes, memoryBytes };
  },
  async undo({ token, ports }) {
    await ports.reservations.release(token.operation);
    return {};
  },
};
