/** B21: a share of the target that does not open only shows once the guest stands still (0x80070035). */

import { type Check, findingsOf, has, judge } from '../check.ts';
import { goesByHosts, reachOf } from '../live-hosts.ts';

const say = findingsOf('admin-share');

export const adminShare: Check = {
  id: 'B21',
  name: 'admin-share',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies(subject) {
    const { source, target } = subject;
    const reach = reachOf(source, target);
    return goesByHosts(subject) && source.hyperv !== undefined && (!reach || has(reach.adminShare));
  },
  run({ source, target }) {
    const facts = { host: target.name, from: source.name };
    const what = `\\\\${target.name}\\admin$ from ${source.name}`;
    const reach = reachOf(source, target);
    if (!reach) return say.unknown(what);
    const closed = judge(reach.adminShare, say.unread(what), (opens) =>
      opens ? undefined : say.blocker(facts),
    );
    return closed ?? say.ok(facts);
  },
};
