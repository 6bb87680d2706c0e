/** The arrows between folders. Each rule says why; `test/architecture.test.ts` plants a violation. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|jobs)/', pathNot: allowed },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    only('domain-alone', '^src/domain/', ['^src/domain/'], 'Nouns and rules depend on nothing of ours.'),
    only('texts-see-domain', '^src/texts/', ['^src/(texts|domain)/'], 'Words need only the facts.'),
    only('migration-sees-domain', '^src/migration/', ['^src/(migration|domain)/'], 'The core runs unchanged in the simulation.'),
    only('preflight-sees-domain', '^src/preflight/', ['^src/(preflight|domain)/'], 'Checks are pure functions of facts.'),
    only('fleet-sees-core', '^src/fleet/', ['^src/(fleet|domain|migration|preflight)/'], 'What is done with many VMs is made of plans and journals.'),
    only('disks-see-domain', '^src/disks/', ['^src/(disks|domain)/'], 'Formats know no hosts and no network.'),
    only('stream-sees-disks', '^src/stream/', ['^src/(stream|domain)/', '^src/disks/'], 'The stream moves blocks of disks.'),
    only('hosts-see-disks', '^src/hosts/', ['^src/(hosts|domain)/', '^src/disks/'], 'A driver knows its disks.'),
    only('store-sees-domain', '^src/store/', ['^src/(store|domain)/'], 'The store keeps entries; it decides nothing.'),
    only('trust-sees-domain', '^src/trust/', ['^src/(trust|domain)/'], 'Signatures are over domain values.'),
    only('slack-sees-jobs', '^src/slack/', ['^src/(slack|domain|texts|preflight|migration|fleet)/', '^jobs/'], 'The bot projects the journal.'),
    only('jobs-see-core', '^jobs/', ['^jobs/', '^src/(domain|migration|preflight)/'], 'A job asks the core what is next.'),
    { name: 'slack-by-one-door', severity: 'error', from: { path: '^src/', pathNot: '^src/slack/' }, to: { path: 'node_modules/@slack' } },
    { name: 'powershell-by-one-door', comment: 'What node-powershell does wrong is mended there.', severity: 'error', from: { path: '^(src|jobs)/', pathNot: '^src/hosts/hyperv/shell/' }, to: { path: 'node_modules/node-powershell' } },
    { name: 'times-by-one-door', comment: 'An hour that clocks show twice or never is asked about there.', severity: 'error', from: { path: '^(src|jobs)/', pathNot: '^src/slack/commands/when\\.ts$' }, to: { path: 'node_modules/chrono-node' } },
    { name: 'queue-by-one-door', severity: 'error', from: { path: '^(src|jobs)/', pathNot: ['^jobs/', '^src/store/'] }, to: { path: 'node_modules/bullmq' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], conditionNames: ['import', 'node', 'default'] },
  },
};
