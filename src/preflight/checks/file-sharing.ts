/** B15: the disks travel to the target's file server: its binding, its service and its firewall. */

import type { HostFacts } from '../../domain/host.ts';
import type { Facts } from '../../domain/problem.ts';
import { bindingOff } from '../bindings.ts';
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
    const there = offAt(subject, subject.target);
    if (there.facts) return say.blocker(there.facts);
    if (there.unread) return say.unknown(there.unread);
    const here = offAt(subject, subject.source);
    if (here.unread) return say.unknown(here.unread);
    return here.facts ? say.warning(here.facts, 'file-sharing-back') : say.ok({});
  },
};

function offAt(subject: Subject, host: HostFacts): { facts?: Facts; unread?: string | undefined } {
  const server = host.hyperv?.fileServer;
  const binding = bindingOff(subject, host, 'msServer');
  const off = binding.off.map((card) => `${BINDING} (${card})`);
  if (server && 'value' in server) {
    if (!server.value.serviceRunning) off.push(SERVICE);
    if (!server.value.firewallOpen) off.push(FIREWALL);
  }
  // The command mends all three at once; a card is named only where its binding is off.
  if (off.length > 0) return { facts: { host: host.name, off, adapters: binding.off } };
  const refused = server && 'unread' in server ? server.unread : undefined;
  const unread = refused && `the file server of ${host.name} (${refused})`;
  return { unread: unread ?? binding.unread };
}
