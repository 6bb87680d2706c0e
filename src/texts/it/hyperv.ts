/** Problems of the channel to PowerShell in Italian, and of effects on a Hyper-V host. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { hypervProblems as english } from '../en/hyperv.ts';

const quoted = (words: Fact | undefined): string =>
  words ? ` Le sue ultime parole: ${words}` : '';
const bracketed = (...words: readonly (Fact | undefined)[]): string => {
  const known = words.filter((word) => word !== undefined && word !== '');
  return known.length > 0 ? ` (${known.join(', ')})` : '';
};

export const hypervProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'epoch-file-damaged': ({ host, vm, file }) => ({
    text: `${host} non può leggere ${file}, che dice chi ha agito per ultimo su ${vm}; la VM non è stata toccata.`,
    remedy: `Verifica su ${host} che nessuna operazione su ${vm} sia aperta. Poi sposta altrove ${file} e riprova.`,
  }),
  'hyperv-module-missing': ({ host, computer }) => ({
    text: `Il PowerShell che serve ${host} non può parlare con ${computer}: un Windows precedente al 2016 richiede il modulo Hyper-V 1.1.`,
    remedy:
      'Sulla macchina di quel worker: Get-Module -ListAvailable Hyper-V. Lo ha solo Windows PowerShell 5.1: ' +
      `togli FERRY_POWERSHELL. Se non c'è neanche lì, fai servire ${computer} dal worker di un altro host.`,
  }),
  'powershell-answer': ({ host, script, reason, said }) => ({
    text: `PowerShell su ${host} ha eseguito "${script}", ma la sua risposta non è utilizzabile: ${reason}.${quoted(said)}`,
    remedy: `Prima di riprovare guarda che cosa ha fatto ${host}. Segnala il caso con la versione di Windows.`,
  }),
  'powershell-busy': ({ host, script, seconds, waiting }) => ({
    text:
      seconds === undefined
        ? `${host} non può eseguire "${script}": ${waiting} script sono già in corso o in attesa.`
        : `${host} non è arrivato a "${script}" entro ${seconds} s: altri script venivano prima.`,
    remedy: `Riprova più tardi. Se continua, guarda il carico di ${host}.`,
  }),
  'powershell-closed': ({ host, script }) => ({
    text: `Ferry si sta fermando su ${host}, quindi "${script}" non è stato eseguito.`,
    remedy: 'Riavvia il worker: continua da solo ciò che è aperto.',
  }),
  'powershell-died': ({ host, script, said }) => ({
    text: `PowerShell su ${host} è terminato mentre eseguiva "${script}"; non si sa che cosa abbia fatto fino ad allora.${quoted(said)}`,
    remedy: `Guarda ${host} prima di riprovare. La prossima chiamata riavvia PowerShell.`,
  }),
  'powershell-failed': ({ host, script, message, hresult, errorId, command }) => ({
    text: `${command ?? `"${script}"`} non è riuscito su ${host}: ${message}${bracketed(hresult, errorId)}`,
    remedy: `Correggi su ${host} ciò che dice il messaggio, poi riprova. I log di Windows possono dire di più.`,
  }),
  'powershell-missing': ({ host, executable }) => ({
    text: `${host} non può avviare PowerShell: ${executable} non esiste o non può essere eseguito.`,
    remedy: `Installa PowerShell su ${host}, o correggi il suo percorso nella configurazione di Ferry.`,
  }),
  'powershell-timeout': ({ host, script, seconds, said }) => ({
    text: `PowerShell su ${host} non ha finito "${script}" entro ${seconds} s ed è stato terminato; ciò che Windows ha ricevuto può proseguire.${quoted(said)}`,
    remedy: `Guarda ${host} prima di riprovare: il carico, i dischi e il servizio di Hyper-V (vmms).`,
  }),
};
