/** B6: a worker is a service, so that Kerberos is the only mode that lets it move a VM. */

import { known } from '../../domain/hyperv.ts';
import { anyHas, askBoth, type Check, findingsOf, judge, type Subject } from '../check.ts';
import { goesByHosts, namesOf } from '../live-hosts.ts';

const say = findingsOf('migration-authentication');

export const migrationAuthentication: Check = {
  id: 'B6',
  name: 'migration-authentication',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => goesByHosts(subject) && anyHas(subject, ({ migration }) => migration),
  run(subject) {
    const settings = askBoth(subject, 'the migration settings', ({ migration }) => migration);
    const credSsp = settings.known.filter(({ value }) => value.authentication === 'CredSSP');
    const byCredSsp = credSsp.length > 0 ? withCredSsp(subject, namesOf(credSsp)) : undefined;
    if (byCredSsp?.severity === 'blocker') return byCredSsp;
    if (credSsp.length === 1 && settings.known.length === 2) {
      const modes = settings.known.map(
        ({ host, value }) => `${host.name}: ${value.authentication}`,
      );
      return say.blocker({ hosts: namesOf(credSsp), modes });
    }
    if (settings.unread) return say.unknown(settings.unread);
    return byCredSsp ?? say.ok({});
  },
};

/** CredSSP asks for somebody who logged on at the source, and for no Credential Guard. */
function withCredSsp(subject: Subject, hosts: readonly string[]) {
  const { source } = subject;
  if (known(source.hyperv?.account)?.isService) {
    return say.blocker({ host: source.name, hosts }, 'credssp-service');
  }
  const guard = askBoth(subject, 'Credential Guard', ({ credentialGuard }) => credentialGuard);
  const guarded = guard.known.filter(({ value }) => value);
  if (guarded.length > 0) {
    return say.blocker({ guarded: namesOf(guarded), hosts }, 'credssp-credential-guard');
  }
  if (guard.unread) return say.unknown(guard.unread);
  return judge(
    source.hyperv?.account,
    say.unread(`the account of the worker on ${source.name}`),
    () => undefined,
  );
}
