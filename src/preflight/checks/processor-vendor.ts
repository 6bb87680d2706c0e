/** B3: a running or saved VM cannot go from Intel to AMD or back. */

import { anyHas, askBoth, type Check, findingsOf } from '../check.ts';
import { isSameName } from '../live-hosts.ts';

const say = findingsOf('processor-vendor');

export const processorVendor: Check = {
  id: 'B3',
  name: 'processor-vendor',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  /** A VM that is off has seen no processor. */
  applies: (subject) => subject.vm.state !== 'Off' && anyHas(subject, ({ processor }) => processor),
  run(subject) {
    const { known, unread } = askBoth(subject, 'the processor', ({ processor }) => processor);
    if (unread) return say.unknown(unread);
    const vendors = known.map(({ value }) => value.manufacturer);
    if (vendors.every((vendor) => isSameName(vendor, vendors[0] ?? vendor))) return say.ok({});
    const texts = known.map(({ host, value }) => `${host.name}: ${value.manufacturer}`);
    return say.blocker({ vm: subject.vm.name, vendors: texts });
  },
};
