/** Words of the preflight checks in Italian: what stands in the way of a migration, and the way out. */

import type { Fact, Facts } from '../../domain/problem.ts';
import type { Text, TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import type { preflightProblems as english } from '../en/preflight.ts';
import { quoted } from '../powershell.ts';
import { bitRateText, bytesText, listText } from './amounts.ts';
import { keptText } from './kept.ts';
import { vmStateText } from './names.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  'vm-state': 'Lo stato della VM',
  'vm-at-target': 'Se la VM è già a destinazione',
  'ferry-mark': 'I segni di altri Ferry nelle note della VM',
  'foreign-checkpoint': 'I checkpoint della VM',
  'disk-format': 'I formati dei dischi',
  'pass-through-disk': 'I dischi pass-through',
  'disk-size': 'Le dimensioni dei dischi',
  'migration-network': 'La rete di migrazione',
  'host-in-maintenance': 'Se la destinazione è in manutenzione',
  'windows-meet': 'Le ore in cui può cominciare un cutover',
  'dedicated-network': 'Se la rete di migrazione è dedicata',
  'virtual-switch': 'Gli switch virtuali a destinazione',
  'free-space': 'Lo spazio libero a destinazione',
  memory: 'La memoria libera a destinazione',
};

const general = textsOfChecks(LOOKS_AT, {
  ok: (subject) => () => ({ text: `${subject}: a posto.`, remedy: 'Non devi fare nulla.' }),
  unknown:
    (subject) =>
    ({ what }) => ({
      text: `${subject}: impossibile giudicare, perché manca un dato (${what ?? 'ignoto'}).`,
      remedy: "Controlla a mano; approvando il piano lo si accetta così com'è.",
    }),
});

export const preflightProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  ...general,
  'vm-state': ({ vm, host, state }) => ({
    text: `${vm} su ${host} è ${vmStateText(state)}; si può spostare solo una VM in esecuzione o spenta.`,
    remedy: `Avvia ${vm} su ${host} o spegnila, poi chiedi di nuovo.`,
  }),
  'vm-at-target': ({ vm, host, id, state }) => ({
    text: `Su ${host} è già registrata una VM con l'Id di ${vm} (${id}); è ${vmStateText(state)}.`,
    remedy: `Se è un residuo, rimuovila da ${host} in Hyper-V Manager, poi chiedi di nuovo.`,
  }),
  'vm-name-at-target': ({ vm, host, id }) => ({
    text: `${host} ha un'altra VM di nome ${vm} (Id ${id}).`,
    remedy: 'Rinomina una delle due, o approva se due VM con lo stesso nome sono volute.',
  }),
  'ferry-mark': ({ vm, installations }) => ({
    text: `Secondo le note di ${vm} ci lavora un altro Ferry: ${listText(installations)}.`,
    remedy: `Lascia finire quel Ferry. Se non c'è più, togli "ferry:…" dalle note di ${vm}.`,
  }),
  'foreign-checkpoint': ({ vm, id, host, checkpoints }) => ({
    text: `${vm} su ${host} ha ${countOf(checkpoints)} che non ha fatto Ferry: ${listText(checkpoints)}.`,
    remedy: id
      ? `Unisci quelli che non servono più, poi chiedi di nuovo: Get-VM -Id ${quoted(id)} | Get-VMSnapshot -SnapshotType Standard | Remove-VMSnapshot. O chiedi con la parola live, che porta con sé i checkpoint.`
      : 'Attendi il backup che li ha fatti, o eliminali in Hyper-V Manager; poi chiedi di nuovo.',
  }),
  'vm-without-disks': ({ vm }) => ({
    text: `${vm} non ha dischi, quindi non c'è nulla da copiare.`,
    remedy: "Esportala in Hyper-V Manager e importala sull'altro host.",
  }),
  'disk-format': ({ vm, host, disks }) => ({
    text: `Dischi di ${vm} su ${host} non leggibili come VHDX o VHD: ${listText(disks)}.`,
    remedy:
      'Verifica che i file ci siano e siano integri; converti gli altri formati con Convert-VHD.',
  }),
  'pass-through-disk': ({ vm, disks }) => ({
    text: `${vm} usa dischi fisici del suo host, che non si possono copiare: ${listText(disks)}.`,
    remedy: 'Convertili in VHDX con New-VHD -SourceDisk, o scollegali; poi chiedi di nuovo.',
  }),
  'disk-size': ({ vm, disks }) => ({
    text: `Dischi di ${vm} più grandi di quanto permette il loro formato: ${listText(disks)}.`,
    remedy: 'Converti un VHD oltre 2040 GiB in VHDX con Convert-VHD.',
  }),
  'file-system': ({ host, volume, fileSystem }) => ({
    text: `${volume} su ${host} è formattato come ${fileSystem}, che non può contenere dischi grandi.`,
    remedy: "Per le VM di quell'host scegli un volume NTFS o ReFS.",
  }),
  'migration-network': ({ source, target, sourceNetworks, targetNetworks }) => ({
    text:
      `${source} e ${target} non hanno una rete di migrazione attiva in comune. ` +
      `${source}: ${listText(sourceNetworks)}. ${target}: ${listText(targetNetworks)}.`,
    remedy:
      'Collega o abilita una rete con la stessa sottorete su entrambi gli host, poi chiedi di nuovo.',
  }),
  'migration-network-slow': ({ subnet, bitsPerSecond }) => ({
    text: `La rete di migrazione ${subnet} ha ${bitRateText(bitsPerSecond)}.`,
    remedy: 'Usa un collegamento da 1 Gbit/s o più, o accetta che la copia duri a lungo.',
  }),
  'no-migration-network': ({ source, target }) => ({
    text: `${source} e ${target} non hanno una rete di migrazione attiva in comune.`,
    remedy:
      'Collega o abilita una rete con la stessa sottorete su entrambi gli host, poi chiedi di nuovo.',
  }),
  'dedicated-network': ({ subnet }) => ({
    text: `La rete di migrazione ${subnet} porta anche il traffico delle VM o il gateway predefinito.`,
    remedy: 'Dai alle migrazioni una rete propria, o accetta che la copia rallenti gli altri.',
  }),
  'virtual-switch': ({ vm, host, switches }) => ({
    text: `Su ${host} mancano switch virtuali che ${vm} usa: ${listText(switches)}.`,
    remedy: `Creali su ${host} con gli stessi nomi (New-VMSwitch), poi chiedi di nuovo.`,
  }),
  'virtual-switch-unused': ({ vm, switches, used }) => ({
    text: `Nessuna scheda di ${vm} è sugli switch virtuali indicati: ${listText(switches)}. È su: ${listText(used)}.`,
    remedy: 'Indica uno di questi prima del segno di uguale, o togli "switch".',
  }),
  'virtual-switch-type': ({ vm, switches }) => ({
    text: `Gli switch virtuali di ${vm} sono di un altro tipo a destinazione: ${listText(switches)}.`,
    remedy: 'Rendili uguali, o accetta che la VM possa perdere la rete.',
  }),
  'free-space': (facts) => freeSpaceText(facts),
  'free-space-if-grown': ({ vm, host, volume, bytesFree, bytesGrown, bytesKept }) => ({
    text:
      `Se i dischi di ${vm} crescono fino a ${bytesText(bytesGrown)}, ${volume} su ${host}, ` +
      `con ${bytesText(bytesFree)} liberi, si riempie.`,
    remedy: `${keptText(bytesKept)}Libera spazio in ${volume}, o accettalo e tieni d'occhio il volume.`,
  }),
  memory: ({ vm, host, bytesNeeded, bytesFree, bytesMissing }) => ({
    text:
      `Su ${host} mancano ${bytesText(bytesMissing)} di memoria per ${vm}: ne servono ` +
      `${bytesText(bytesNeeded)}, liberi oltre a quanto riservato ad altri ${freeText(bytesFree)}.`,
    remedy: `Arresta o sposta altre VM su ${host}, o riduci la memoria di ${vm}; poi chiedi di nuovo.`,
  }),
};

function freeSpaceText(facts: Facts): Text {
  const { host, volume, bytesNeeded, bytesFree, bytesMissing, bytesKept } = facts;
  return {
    text:
      `Su ${host} mancano ${bytesText(bytesMissing)} in ${volume}: ne servono ` +
      `${bytesText(bytesNeeded)}, liberi oltre a quanto riservato ad altri ${freeText(bytesFree)}.`,
    remedy: `${keptText(bytesKept)}Libera spazio in ${volume} di ${host}, o scegli un altro volume con "on <volume>", o un altro host.`,
  };
}

/** "checkpoint" has no plural of its own. */
const countOf = (checkpoints: Fact | undefined): string =>
  Array.isArray(checkpoints) && checkpoints.length > 0
    ? `${checkpoints.length} checkpoint`
    : 'checkpoint';

/** Promises can exceed what is free. */
function freeText(bytes: Fact | undefined): string {
  return bytesText(typeof bytes === 'number' ? Math.max(0, bytes) : bytes);
}
