/** What is said outside of Slack: the report of an operation as a file, and the command line. */

const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

export const outside = {
  /** `at`: ISO 8601. */
  raisedLate: (at: string) => `(late: raised at ${at})`,
  report: {
    title: (operation: string, vm: string, source: string, target: string) =>
      `${operation}: ${vm} from ${source} to ${target}`,
    state: 'State',
    lookedAt: (at: string) => `Looked at ${at}, times are UTC of the store's clock.`,
    alerts: 'Alerts',
    halts: 'Halts',
    journal: 'Journal',
    plan: 'Plan',
    findings: 'Findings',
    log: "The bot's newest log lines",
    leftOut: '[… the middle is left out …]',
  },
  cli: {
    recorded: (operation: string) => `${operation}: recorded. The workers see it within seconds.`,
    healed: (operation: string, entries: number) =>
      `${operation}: the store holds ${plural(entries, 'entry', 'entries')} again.`,
    unfenced: (vm: string, source: string, target: string) =>
      `${vm} may be started on ${source} again. ${target} will not start it.`,
    healthy: (connections: number) =>
      `healthy: the store answers, ${plural(connections, 'connection', 'connections')} to Slack`,
    diskCheck: {
      damage: 'damage',
      warning: 'warning',
      more: (count: number) => `and ${plural(count, 'finding', 'findings')} more`,
      sound: (files: number) => `sound: ${plural(files, 'file', 'files')}`,
      damaged: (count: number) => `damaged: ${plural(count, 'finding', 'findings')}`,
    },
    stream: {
      plain:
        'Without encryption: anyone on the way can read and change this disk. Only to measure.',
    },
    audit: {
      whole: (files: string, lines: number, count: number) =>
        `${files}: ${plural(lines, 'line', 'lines')} in ${plural(count, 'file', 'files')}, all whole.`,
      dropped: (line: number) => `Older lines than ${line} were dropped, or moved away.`,
      mended: (count: number) =>
        `A crash cut the end ${plural(count, 'time', 'times')}; each is marked.`,
      torn: 'A crash cut the end; the bot marks it with its next line.',
      noHead: 'The store knows no newest line, so a cut end would not be seen.',
      newest: (line: number, hash: string) => `Newest: line ${line}, hash ${hash}`,
    },
  },
};
