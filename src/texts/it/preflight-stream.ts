/** Words of the checks that the copy of a running Hyper-V VM asks for, in Italian. */

import type { Fact } from '../../domain/problem.ts';
import type { Claim } from '../../domain/proven.ts';
import type { TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import type { preflightStreamProblems as english } from '../en/preflight-stream.ts';
import { quoted } from '../powershell.ts';
import { listText } from './amounts.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  'disk-place': "Se i dischi si trovano sull'host stesso",
  'mac-address': 'Se una VM della destinazione ha lo stesso indirizzo MAC',
  replication: 'Hyper-V Replica',
  'shutdown-service': "Se l'host può arrestare il sistema guest",
  unproven: 'Ciò che nessun host reale ha ancora mostrato',
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

const CLAIMS: Readonly<Record<Claim, string>> = {
  'recovery-checkpoints':
    'che i checkpoint della VM in esecuzione vengono fatti e uniti uno per uno',
  'fence-by-rename': "che un disco rinominato impedisce di avviare la VM all'origine",
  'import-without-snapshots': 'che la VM viene importata da una definizione senza checkpoint',
  'virtual-tpm': 'che il suo TPM virtuale si apre a destinazione',
  'dynamic-mac': 'che conserva il suo indirizzo MAC dinamico',
};

export const preflightStreamProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  ...general,
  unproven: ({ vm, claims }) => ({
    text: `Di ciò che Ferry fa con ${vm}, nessun host reale ha ancora mostrato questo: ${listText(claimsIn(claims))}.`,
    remedy:
      'Lo accetta un amministratore (FERRY_ADMINISTRATORS) approvando il piano. docs/hyper-v-unverified.md dice come provarlo con una VM che puoi perdere.',
  }),
  'shutdown-service': ({ vm, id, host }) => ({
    text: `${vm} non risponde quando ${host} le chiede di arrestarsi: Stop-VM fallirebbe, e il cutover verrebbe annullato.`,
    remedy:
      "Avvia i servizi di integrazione nel sistema guest (vmicshutdown; hv_utils in Linux), e permetti all'host di chiederlo: " +
      `Get-VM -Id ${quoted(id)} | Get-VMIntegrationService | Where-Object Id -like '*9F8233AC-BE49-4C79-8EE3-E7E1985B2077' | Enable-VMIntegrationService. O spostala live.`,
  }),
  'disk-place': ({ vm, disks }) => ({
    text: `${vm} ha dischi su una condivisione o su un volume di un cluster, che solo uno spostamento live porta con sé: ${listText(disks)}.`,
    remedy:
      "Chiedi con la parola live, o porta prima i dischi su un volume dell'host, in Gestione Hyper-V: Sposta, l'archiviazione della macchina virtuale.",
  }),
  replication: ({ vm, id, mode, primary, replica }) => ({
    text: `${vm} è replicata da Hyper-V (${mode}: da ${primary} a ${replica}), che fa checkpoint propri e non viene portato con sé.`,
    remedy: `Terminala sui due host, e configurala di nuovo dopo lo spostamento: Get-VM -Id ${quoted(id)} | Remove-VMReplication`,
  }),
  'replication-live': ({ vm, id, target, primary, replica }) => ({
    text: `${vm} è replicata da Hyper-V da ${primary} a ${replica}; dopo lo spostamento continua solo se anche ${target} può replicare lì.`,
    remedy: `Permettilo a ${target}, e dopo lo spostamento guarda: Get-VM -Id ${quoted(id)} | Get-VMReplication. O accetta di configurarla di nuovo.`,
  }),
  'mac-address': ({ vm, host, macs, vms }) => ({
    text: `${vm} conserva i suoi indirizzi MAC (${listText(macs)}), e VM su ${host} ne hanno già uno: ${listText(vms)}.`,
    remedy:
      'Dai a una di loro un altro indirizzo mentre è spenta (Set-VMNetworkAdapter -StaticMacAddress), e fai in modo che gli host usino intervalli propri (Set-VMHost -MacAddressMinimum -MacAddressMaximum).',
  }),
  'differencing-disk-stream': ({ vm, host, files }) => ({
    text: `Dischi di ${vm} su ${host} poggiano su altri dischi, che non si possono copiare mentre è in esecuzione: ${listText(files)}.`,
    remedy:
      'Arresta la VM, rendi ogni disco intero da sé (Convert-VHD -Path LEAF.vhdx -DestinationPath WHOLE.vhdx), collega quello con Set-VMHardDiskDrive, avviala e chiedi di nuovo.',
  }),
  'dvd-media-left': ({ vm, host, files }) => ({
    text: `${vm} ha nelle unità DVD supporti che ${host} non ha, o di cui non dice nulla: ${listText(files)}. Lì si avvia senza quelli che mancano a ${host}.`,
    remedy: `Copiali su ${host} con gli stessi percorsi e chiedi di nuovo, o accettalo.`,
  }),
  'fibre-channel-stream': ({ vm, sans }) => ({
    text: `${vm} ha adattatori Fibre Channel virtuali (${listText(sans)}), accanto ai quali non si può fare un checkpoint.`,
    remedy: 'Chiedi con la parola live, o togli gli adattatori dalla VM mentre è spenta.',
  }),
  'virtual-tpm-shielded': ({ vm }) => ({
    text: `${vm} è schermata: chi può avviarla viene attestato, e Ferry non può vederlo prima.`,
    remedy: 'Chiedi con la parola live: allora Hyper-V stesso controlla prima di spostare la VM.',
  }),
  'stream-possible': ({ vm }) => ({
    text: `Ciò che impedisce uno spostamento live non impedisce di copiare ${vm} mentre è in esecuzione, con un breve arresto alla fine.`,
    remedy: 'Rimedia, o chiedi con la parola stream.',
  }),
};

function claimsIn(claims: Fact | undefined): string[] {
  const known: Readonly<Record<string, string>> = CLAIMS;
  return Array.isArray(claims) ? claims.map((claim) => known[claim] ?? claim) : [];
}
