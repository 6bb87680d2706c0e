/** Words of a plan in Italian: what will happen, what is estimated, what people approve. */

import { utcText } from '../amounts.ts';
import type { TextOf } from '../catalogue.ts';
import type { plan as english, planProblems as englishProblems } from '../en/plan.ts';
import { bitRateText, bytesText, listText, secondsText } from './amounts.ts';
import { modal } from './modal.ts';
import { planLive } from './plan-live.ts';
import { times } from './times.ts';

const rateText = (bytesPerSecond: number): string => `${bytesText(bytesPerSecond)}/s`;
const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
const aboutText = (seconds: number | undefined): string =>
  seconds === undefined ? '' : `: circa ${secondsText(seconds)}`;

export const plan: typeof english = {
  whatHappens: 'Che cosa succederà',
  steps: [
    ({ vm, target, disks, volume, subnet, seconds, ...amounts }) => {
      const { virtualBytes, usedBytes, bytesPerSecondMax } = amounts;
      const used = usedBytes === undefined ? '' : `, ${bytesText(usedBytes)} usati`;
      const limit = bytesPerSecondMax ? ` con al massimo ${rateText(bytesPerSecondMax)}` : '';
      return (
        `${plural(disks, 'disco', 'dischi')} di ${vm} (${bytesText(virtualBytes)}${used}) ` +
        `${disks === 1 ? 'viene copiato' : 'vengono copiati'} in ${volume} su ${target} ` +
        `attraverso ${subnet}${limit} mentre la VM è in esecuzione${aboutText(seconds)}.`
      );
    },
    ({ source, target, pauseSeconds, pauseSecondsMax }) => {
      const about = pauseSeconds === undefined ? '' : `circa ${secondsText(pauseSeconds)}, `;
      return (
        `Dopo l'approvazione la VM viene arrestata su ${source} e avviata su ${target}: ` +
        `ferma ${about}al massimo ${secondsText(pauseSecondsMax)}.`
      );
    },
    ({ source }) => `I suoi dischi su ${source} restano com'erano.`,
  ],
  estimate: {
    rate: {
      history: (rate, { source, target }) =>
        `Il tempo è stimato dall'ultima copia da ${source} a ${target}: ${rateText(rate)}.`,
      link: (rate) => `Il tempo è stimato dal collegamento: ${rateText(rate)}.`,
      disks: (rate) => `Il tempo è stimato da ciò che i dischi fanno di solito: ${rateText(rate)}.`,
      limit: (rate) => `Il tempo è stimato dal limite: ${rateText(rate)}.`,
    },
    measured: (bytesPerSecond) =>
      `Il collegamento è stato misurato: trasporta ${bitRateText(bytesPerSecond * 8)}`,
    notMeasured: 'Il collegamento non è stato misurato',
    nominal: (bitsPerSecond) =>
      bitsPerSecond === undefined
        ? 'le sue schede non dicono la loro velocità'
        : `le sue schede dicono ${bitRateText(bitsPerSecond)}`,
    why: (why) => `Perché non è stato misurato: ${why}`,
    pause: {
      round: ({ vm }) => `Il fermo è stimato dall'ultimo giro di ${vm}.`,
      history: ({ vm }) => `Il fermo è stimato dall'ultimo spostamento di ${vm}.`,
      assumed: ({ vm }) => `Il fermo è ipotizzato: ${vm} non è mai stata spostata prima.`,
    },
    none: 'Non è stato stimato nulla.',
  },
  approving: 'Approvando accetti',
  difference: 'Si chiede di nuovo, perché questo differisce da ciò che è stato approvato',
  change: (label, before, now) => `${label}: ${before} -> ${now}`,
  bound: {
    vm: 'VM',
    source: 'da',
    target: 'a',
    method: 'metodo',
    because: 'perché non live',
    disks: 'dischi',
    networks: 'reti',
    migrationSubnet: 'rete di migrazione',
    volume: 'volume',
    bytesPerSecondMax: 'limite',
    stop: 'arresto',
    pauseSecondsMax: 'fermo al massimo',
    startAt: 'comincia',
    cutoverAt: 'passaggio non prima di',
    windows: 'passaggio dentro',
    base: 'parte da',
    bytesOnTargetMax: 'spazio al massimo',
    secondsMax: 'si chiede di nuovo dopo',
    memoryStartupBytes: "memoria all'avvio",
    startAction: "all'avvio del suo host",
    configuration: 'configurazione della VM',
    domainController: 'controller di dominio',
    live: 'tipo di live migration',
    acknowledged: 'avvisi accettati',
  },
  value: {
    none: 'nessuno',
    yes: 'sì',
    method: { stream: 'copiata mentre è in esecuzione', live: 'live migration' },
    methodOff: 'copiata mentre è spenta',
    methodBecause: (method, why) => `${method}, perché ${why}`,
    because: {
      domain: 'gli host non hanno un dominio comune o fidato',
      'processor-vendor': 'i loro processori sono di produttori diversi',
      delegation: "all'origine non è permesso agire per Ferry a destinazione",
      'migration-authentication':
        'le loro impostazioni non permettono a un servizio di spostare una VM live',
      'migration-enabled': 'la live migration è disattivata',
    },
    stop: {
      'clean shutdown': 'arresto regolare',
      none: 'nessuno: resta in esecuzione',
      'already off': 'nessuno: è spenta, e resta spenta',
    },
    way: {
      'with storage': 'con i suoi dischi',
      'memory only': 'solo la memoria: i dischi sono su una condivisione',
      'cluster role': 'come ruolo del cluster',
    },
    startAction: {
      Nothing: 'resta spenta',
      StartIfRunning: 'si avvia se era in esecuzione',
      Start: 'si avvia',
    },
    rate: rateText,
    bytes: (bytes) => bytesText(bytes),
    seconds: (seconds) => secondsText(seconds),
    list: (values) => listText(values),
    network: (adapter, name) => `${adapter} su ${name}`,
    disk: (id, path, bytes) => `${id} in ${path} (${bytesText(bytes)})`,
    window: (window) => `${window.host}: ${times.hours(window)}`,
    base: (base) => {
      const at = utcText(base.committedAt);
      const bytes = bytesText(base.bytes);
      return base.kind === 'received'
        ? `la sua copia che si trova lì, del ${at}: si invia solo ciò che differisce`
        : `i dischi che ha lasciato lì, del ${at}: se ne leggono al massimo ${bytes}, e si invia solo ciò che differisce`;
    },
    before: "com'era",
    now: 'cambiata',
  },
  counts: {
    blocker: (count) => plural(count, 'blocco', 'blocchi'),
    unknown: (count) => plural(count, 'non noto', 'non noti'),
    warning: (count) => plural(count, 'avviso', 'avvisi'),
    ok: (count) => plural(count, 'controllo a posto', 'controlli a posto'),
  },
  noFindings: 'Nessun controllo eseguito.',
  findings: 'Controlli',
  page: (page, pages) => `parte ${page} di ${pages}`,
  findingsCut: (count) => `${plural(count, 'esito non sta', 'esiti non stanno')} qui.`,
  showAll: (count) => (count === 1 ? 'Mostra 1 esito' : `Mostra tutti i ${count} esiti`),
  actedBy: {
    paused: 'Messa in pausa da',
    cancelled: 'Annullata da',
    'rollback-asked': 'Rollback chiesto da',
    resumed: 'Ripresa da',
    retried: 'Nuovo tentativo chiesto da',
  },
  limitNow: (bytesPerSecondMax) =>
    bytesPerSecondMax === undefined
      ? 'Il suo limite è stato tolto.'
      : `Ora è limitata a ${rateText(bytesPerSecondMax)}.`,
  preview: ({ vm, target }) => `Piano per ${vm} verso ${target}`,
  previewNote: 'Non è stato avviato nulla. Per spostarla:',
  previewBlocked: 'Non si può spostare finché ci sono blocchi.',
  live: planLive,
  modal,
};

export const planProblems: Readonly<Record<keyof typeof englishProblems, TextOf>> = {
  'volume-unknown': ({ host, volume, known }) => ({
    text: `${host} non ha un volume ${volume}. Ha: ${listText(known)}.`,
    remedy: 'Indica uno di questi, o non indicarne nessuno.',
  }),
  'method-unavailable': ({ vm, host, method }) => ({
    text: `${vm} non si può spostare con il metodo ${method}: ${host} non lo ha.`,
    remedy: `Togli "${method}". Un host servito dal worker di un altro ha solo live.`,
  }),
  'switches-unreadable': ({ text }) => ({
    text: `"${text}" non dice quale switch virtuale prende il posto di quale.`,
    remedy:
      'Scrivi quello attuale della VM, un segno di uguale e quello a destinazione: switch LAN=Office. Con spazi, tutto tra virgolette.',
  }),
  'measured-link-slow': ({ subnet, bitsPerSecond, measuredBitsPerSecond }) => ({
    text:
      `La rete di migrazione ${subnet} trasporta ${bitRateText(measuredBitsPerSecond)}, ` +
      `benché le sue schede dicano ${bitRateText(bitsPerSecond)}.`,
    remedy: 'Controlla cavo, porta e switch, o accetta che la copia duri a lungo.',
  }),
  'measured-link-ok': () => ({
    text: 'Ciò che la rete di migrazione trasporta davvero: a posto.',
    remedy: 'Non devi fare nulla.',
  }),
  'peer-busy': ({ host, port }) => ({
    text: `Altri stanno misurando il worker di ${host}, porta ${port}.`,
    remedy: 'Riprova tra un momento.',
  }),
};
