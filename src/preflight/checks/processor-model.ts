/** B4: a guest keeps the processor features it was started with. Compare-VM has the last word. */

import { anyHas, askBoth, type Check, findingsOf, judge } from '../check.ts';

const say = findingsOf('processor-model');

export const processorModel: Check = {
  id: 'B4',
  name: 'processor-model',
  methods: ['live'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => subject.vm.state !== 'Off' && anyHas(subject, ({ processor }) => processor),
  run(subject) {
    const { vm } = subject;
    const { known, unread } = askBoth(subject, 'the processor', ({ processor }) => processor);
    if (unread) return say.unknown(unread);
    const models = known.map(({ value }) => `${value.name} ${value.family}.${value.revision}`);
    if (new Set(models).size <= 1) return say.ok({ vm: vm.name });
    const texts = known.map(({ host }, index) => `${host.name}: ${models[index]}`);
    const differ = say.warning({ vm: vm.name, id: vm.id, models: texts });
    const setting = judge(
      vm.hyperv?.processor,
      say.unread(`the processor settings of ${vm.name}`),
      ({ compatibleForMigration }) =>
        compatibleForMigration ? say.ok({ vm: vm.name }) : undefined,
    );
    return setting ?? differ;
  },
};
