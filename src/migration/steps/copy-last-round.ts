/**
 * What the guest wrote up to its shutdown, and the VM's definition. Nothing can change it now. Of a VM
 * that was off before, it is the first round as well: the whole disks.
 */

import { Verdict } from '../../domain/problem.ts';
import type { FrozenRound } from '../../domain/round.ts';
import { noteRound, sendRound } from '../rounds.ts';
import type { StepActs } from '../step.ts';

export const copyLastRound: StepActs = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    const notes = await ports.notebook.read(token.operation);
    const round = await ports.host.lastRound(vmId, notes.round + 1);
    const sent = await sendRound(context, round, notes);
    const after = await ports.host.lastRound(vmId, round.number);
    const { vm, source } = opened.plan;
    if (linkages(after) !== linkages(round)) {
      throw new Verdict('source-changed-while-fenced', { vm: vm.name, host: source });
    }
    for (const digest of sent.digests) {
      const { disk, source: ours, target: theirs } = digest;
      if (ours !== theirs) throw new Verdict('digests-differ', { disk, digest: ours, theirs });
    }
    const peer = ports.peer(opened);
    await peer.handOver(token.operation, await ports.host.exportDefinition(vmId));
    const { bytesRead, bytesSent, seconds, number } = sent;
    await noteRound(context, round, sent);
    const received = sent.digests.map(({ disk, target }) => `${disk} ${target}`);
    return { round: number, bytesRead, bytesSent, seconds, received };
  },
};

const linkages = (round: FrozenRound): string =>
  round.disks.map(({ disk, file }) => `${disk} ${file.linkage}`).join();
