/**
 * B7: under Kerberos the source acts for the worker at the target, which its computer account must be
 * allowed to do: for SMB and for the migration service, by short and by full name, and from Windows
 * Server 2016 on with any authentication protocol (facts, A.11). The way back is a wish, not a need.
 */

import type { HostFacts } from '../../domain/host.ts';
import { type HyperVHostFacts, known } from '../../domain/hyperv.ts';
import type { Facts } from '../../domain/problem.ts';
import { type Check, findingsOf, has, judge, type Subject } from '../check.ts';
import { goesByHosts, isSameName } from '../live-hosts.ts';

const SERVICES = ['cifs', 'Microsoft Virtual System Migration Service'];
const ANY_PROTOCOL = 'TrustedToAuthForDelegation';
/** From Windows Server 2016 on hosts are managed by WinRM, which runs as NETWORK SERVICE. */
const BUILD_OF_2016 = 14_393;

const sayThere = findingsOf('delegation');
const sayBack = findingsOf('delegation-back');

export const delegation: Check = {
  id: 'B7',
  name: 'delegation',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => isNeeded(subject, subject.source),
  run({ source, target }) {
    const lacking = judge(source.hyperv?.delegation, unreadOf(sayThere, source), (value) => {
      const facts = lackingFacts({ from: source, to: target, value });
      return facts && sayThere.blocker(facts);
    });
    return lacking ?? sayThere.ok({});
  },
};

export const delegationBack: Check = {
  id: 'B7',
  name: 'delegation-back',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => isNeeded(subject, subject.target),
  run({ source, target }) {
    const lacking = judge(target.hyperv?.delegation, unreadOf(sayBack, target), (value) => {
      const facts = lackingFacts({ from: target, to: source, value });
      return facts && sayBack.warning(facts);
    });
    return lacking ?? sayBack.ok({});
  },
};

/** CredSSP with somebody at the console delegates by itself. */
function isNeeded(subject: Subject, from: HostFacts): boolean {
  const migration = known(from.hyperv?.migration);
  const account = known(from.hyperv?.account);
  const isByCredSsp = migration?.authentication === 'CredSSP' && account?.isService === false;
  return goesByHosts(subject) && !isByCredSsp && has(from.hyperv?.delegation);
}

const unreadOf = (say: typeof sayThere, host: HostFacts) =>
  say.unread(`the computer account of ${host.name} in Active Directory`);

interface Delegation {
  readonly from: HostFacts;
  readonly to: HostFacts;
  readonly value: Extract<HyperVHostFacts['delegation'], { value: unknown }>['value'];
}

/** What is missing, and all that the account needs. */
function lackingFacts({ from, to, value }: Delegation): Facts | undefined {
  const names = [to.hyperv?.computerName ?? to.name, to.hyperv?.fullName ?? to.name];
  const entries = SERVICES.flatMap((service) => names.map((name) => `${service}/${name}`));
  const missing = entries.filter(
    (entry) => !value.allowedTo.some((allowed) => isSameName(allowed, entry)),
  );
  const build = known(from.hyperv?.build) ?? BUILD_OF_2016;
  if (build >= BUILD_OF_2016 && !value.anyProtocol) missing.push(ANY_PROTOCOL);
  if (missing.length === 0) return undefined;
  const computer = from.hyperv?.computerName ?? from.name;
  return { host: from.name, computer, target: to.name, entries, missing };
}
