/** B52, B53: a VM with a virtual TPM arrives where its guardians are unknown, and never starts there again. */

import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('virtual-tpm');

export const virtualTpm: Check = {
  id: 'B52',
  name: 'virtual-tpm',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => has(vm.hyperv?.security),
  run({ vm, source, target }, { method }) {
    const facts = { vm: vm.name, host: target.name, source: source.name };
    const unread = say.unread(`the security of ${vm.name}`);
    const unreadKeys = say.unread(`the guardians of ${vm.name}`);
    const unreadHost = say.unread(`the guardian certificates of ${target.name}`);
    const finding = judge(vm.hyperv?.security, unread, ({ tpm, shielded, guardians }) => {
      if (!tpm && !shielded) return undefined;
      // Who may start it is attested, and of that nothing can be read here.
      if (shielded && method === 'stream') return say.blocker(facts, 'virtual-tpm-shielded');
      const named = 'value' in guardians ? guardians.value : [];
      if ('unread' in guardians) return unreadKeys(guardians.unread);
      if (named.length === 0) return say.unknown(`the guardians of ${vm.name}`);
      const there = target.hyperv?.guardians;
      if (there && 'unread' in there) return unreadHost(there.unread);
      const held = there && 'value' in there ? there.value.map(thumbprint) : [];
      const missing = named.filter((one) => !held.includes(thumbprint(one)));
      if (missing.length === 0) return undefined;
      // One guardian is enough, but each has two certificates, and who is who is not told.
      return missing.length === named.length
        ? say.blocker({ ...facts, missing })
        : say.warning({ ...facts, missing }, 'virtual-tpm-in-part');
    });
    return finding ?? say.ok({ vm: vm.name });
  },
};

/** Windows shows them with and without spaces, in either case. */
const thumbprint = (text: string): string => text.replaceAll(' ', '').toLowerCase();
