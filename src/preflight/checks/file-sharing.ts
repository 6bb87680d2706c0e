/** B15: the disks travel to the target's file server: its binding, its service and its firewall. */

import type { HostFacts } from '../../domain/host.ts';
import type { Facts } from '../../domain/problem.ts';
import { unboundCards } from '../bindings.ts';
import { anyHas, type Check, findingsOf, type Subject } from '../check.ts';
import { goesByHosts } from '../live-hosts.ts';

const say = findingsOf('file-sharing');
/** The names by which Windows knows them in every language. */
const BINDING = 'ms_server';
const SERVICE = 'LanmanServer';
const FIREWALL = '@FirewallAPI.dll,-28502';

export const fileSharing: Check = {
  id: 'B15',
  name: 'file-sharing',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: (subject) =>
    goesByHosts(subject) &&
    (anyHas(subject, ({ fileServer }) => fileServer) ||
      anyHas(subject, ({ adapters }) => adapters)),
  run(subject) {
    const [here, there] = [sharingOf(subject, subject.source), sharingOf(subject, subject.target)];
    if (there.off) return say.blocker(there.off);
    const unread = there.unread ?? here.unread;
    if (unread) return say.unknown(unread);
    return here.off ? say.warning(here.off, 'file-sharing-back') : say.ok({});
  },
};

interface Sharing {
  /** What is off, as facts of a finding. */
  readonly off?: Facts;
  readonly unread?: string | undefined;
}

function sharingOf(subject: Subject, host: HostFacts): Sharing {
  const server = host.hyperv?.fileServer;
  const binding = unboundCards(subject, host, 'msServer');
  const off = binding.no.map((card) => `${BINDING} (${card})`);
  if (server && 'value' in server) {
    if (!server.value.serviceRunning) off.push(SERVICE);
    if (!server.value.firewallOpen) off.push(FIREWALL);
  }
  if (off.length > 0) return { off: { host: host.name, off, adapters: binding.no } };
  if (!server || !('unread' in server)) return { unread: binding.unread };
  return { unread: `the file server of ${host.name} (${server.unread})` };
}
