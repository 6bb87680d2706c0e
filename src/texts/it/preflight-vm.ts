/** Words in Italian of the checks of the VM itself, each with the commands that mend it. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import type { preflightVmProblems as english } from '../en/preflight-vm.ts';
import { quoted } from '../powershell.ts';
import { listText } from './amounts.ts';
import { vmStateText } from './names.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  'vm-at-work': 'Se un altro lavoro tiene occupata la VM',
  'cluster-role': 'Il cluster a cui la VM può appartenere',
  checkpoints: 'Il numero di checkpoint, e su che cosa poggiano',
  'recovery-checkpoint': 'I checkpoint dei backup',
  'differencing-disk': 'I dischi che poggiano su altri dischi',
  'shared-disk': 'I dischi condivisi da più VM',
  'dvd-media': 'I supporti nelle unità DVD',
  'configuration-version': 'La versione di configurazione della VM',
  'virtual-tpm': 'Il TPM virtuale',
  'assigned-device': "I dispositivi dell'host riservati alla VM",
  'gpu-partition': 'Le parti di una GPU',
  'auto-start': "Che cosa fa l'host della VM al suo avvio",
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

/** What is well and still worth a word. */
const notes = {
  'auto-start-ok': ({ vm, action }) => ({
    text: `All'avvio dell'host, ${vm}: ${actionText(action)}. Dopo lo spostamento è lo stesso; mentre lo stream tiene la VM, l'origine non avvia nulla.`,
    remedy: 'Non devi fare nulla.',
  }),
  'dvd-media-ok': ({ files }) => ({
    text: isEmpty(files)
      ? 'I supporti nelle unità DVD: nessuno.'
      : `Questi restano nelle loro unità, perché anche la destinazione li ha: ${listText(files)}.`,
    remedy: 'Non devi fare nulla.',
  }),
  'cluster-role-unknown': ({ what }) => ({
    text: `Se un cluster sposti questa VM: impossibile giudicare, perché manca un dato (${what ?? 'ignoto'}).`,
    remedy:
      'Verifica che il servizio cluster sia in esecuzione sui due host (Get-ClusterNode), poi chiedi di nuovo.',
  }),
} satisfies Record<string, TextOf>;

const state = {
  'vm-critical': ({ vm, host, state: now }) => ({
    text: `${vm} su ${host} è ${vmStateText(now)}: Hyper-V la tiene ferma perché la sua archiviazione non risponde o è piena.`,
    remedy: `Controlla i volumi di ${host} (Get-Volume) e il suo registro eventi, ripara l'archiviazione, poi chiedi di nuovo.`,
  }),
  'vm-state-passing': ({ vm, host, state: now }) => ({
    text: `${vm} su ${host} è ${vmStateText(now)}, e non può spostarsi finché dura.`,
    remedy: 'Attendi che sia in esecuzione, spenta, salvata o in pausa, poi chiedi di nuovo.',
  }),
  'vm-at-work': ({ vm, host, statuses }) => ({
    text: `${vm} su ${host} è occupata, e non può spostarsi finché dura: ${listText(statuses)}.`,
    remedy: `Attendi il backup o l'unione dei dischi. Se non finisce, esegui su ${host}: vssadmin list writers`,
  }),
  'vm-unwell': ({ vm, host, statuses }) => ({
    text: `Hyper-V su ${host} segnala di ${vm}: ${listText(statuses)}.`,
    remedy: `Guarda il registro eventi di ${host} (Hyper-V-Worker-Admin) e ripara, o accettalo.`,
  }),
  'vm-planned-at-target': ({ vm, host, id }) => ({
    text: `Uno spostamento o un controllo precedente ha lasciato ${vm} pianificata su ${host} (Id ${id}).`,
    remedy:
      `Attendi mezzo minuto e chiedi di nuovo. Se resta, esegui su ${host}: ` +
      `$planned = Get-CimInstance -Namespace root\\virtualization\\v2 -ClassName Msvm_PlannedComputerSystem | Where-Object Name -eq ${quoted(id)}; ` +
      'Get-CimInstance -Namespace root\\virtualization\\v2 -ClassName Msvm_VirtualSystemManagementService | ' +
      'Invoke-CimMethod -MethodName DestroySystem -Arguments @{ AffectedSystem = [ref]$planned }',
  }),
} satisfies Record<string, TextOf>;

const cluster = {
  'cluster-role': ({ vm, id, group, host }) => ({
    text: `${vm} è il ruolo ${group} di un cluster: può spostarla solo lui, e non verso ${host}.`,
    remedy:
      'Toglila dal cluster; la VM resta, e resta in esecuzione: ' +
      `Remove-ClusterGroup -VMId ${quoted(id)} -RemoveResources. ` +
      `Per rimetterla più tardi: Add-ClusterVirtualMachineRole -VMId ${quoted(id)}`,
  }),
  'cluster-owner': ({ vm, host, owner }) => ({
    text: `Il cluster tiene ${vm} su ${owner}, non su ${host}.`,
    remedy: 'Chiedi di nuovo; se resta così, guarda il cluster: Get-ClusterGroup',
  }),
  'cluster-node': ({ vm, node, state: now }) => ({
    text: `Il cluster non porta ${vm} su ${node}: quel nodo è ${now}.`,
    remedy: `Se è in pausa, esegui: Resume-ClusterNode -Name ${quoted(node)}. Se è fermo: Start-ClusterNode -Name ${quoted(node)}`,
  }),
  'cluster-owners': ({ vm, id, node, owners, wanted }) => ({
    text: `Il cluster non permette ${vm} su ${node}. I suoi proprietari possibili: ${listText(owners)}.`,
    remedy: `Esegui: Get-ClusterGroup -VMId ${quoted(id)} | Get-ClusterResource | Set-ClusterOwnerNode -Owners ${quoted(wanted)}`,
  }),
  'cluster-network': ({ vm, cluster: name }) => ({
    text: `Nessuna rete del cluster ${name} può essere usata per la migrazione live, quindi ${vm} non può spostarsi.`,
    remedy:
      `Permettile tutte: Get-ClusterResourceType -Cluster ${quoted(name)} -Name 'Virtual Machine' | ` +
      "Set-ClusterParameter -Name MigrationExcludeNetworks -Value ''. Poi vieta in Gestione cluster di failover quelle da non usare.",
  }),
} satisfies Record<string, TextOf>;

const disks = {
  checkpoints: ({ vm, id, checkpoints, devices }) => ({
    text: `${vm} ha checkpoint (${listText(checkpoints)}) accanto a dischi che non ne ammettono: ${listText(devices)}.`,
    remedy: `Uniscili: ${removeCheckpoints(id)}`,
  }),
  'checkpoints-many': ({ vm, id, count, countMax }) => ({
    text: `${vm} ha ${count} checkpoint; più di ${countMax} rallentano lo spostamento.`,
    remedy: `Unisci quelli che non servono a nessuno: ${removeCheckpoints(id)}. O accettalo.`,
  }),
  'recovery-checkpoint': ({ vm, id, host, checkpoints }) => ({
    text: `Un backup ha fatto checkpoint di ${vm} su ${host}, o li ha lasciati lì: ${listText(checkpoints)}.`,
    remedy:
      'Attendi il backup. Se nessuno è in corso, uniscili: ' +
      `Get-VM -Id ${quoted(id)} | Get-VMSnapshot -SnapshotType Recovery | Remove-VMSnapshot`,
  }),
  'checkpoint-file-left': ({ vm, host, files }) => ({
    text: `${vm} su ${host} lavora su file di checkpoint che non esistono più: ${listText(files)}. Non eliminarli mai; contengono i suoi dati più recenti.`,
    remedy:
      'Fai un backup, arresta la VM, unisci ogni file al suo genitore e assegna alla VM quel disco: ' +
      `${quoted(files)} | ForEach-Object { Merge-VHD -Path $_ }, poi Set-VMHardDiskDrive`,
  }),
  'differencing-disk': ({ vm, host, files, vms }) => ({
    text: `Dischi di ${vm} su ${host} poggiano su ${listText(files)}, che usano anche queste VM: ${listText(vms)}.`,
    remedy: ownDisk,
  }),
  'differencing-disk-alone': ({ vm, host, files }) => ({
    text: `Dischi di ${vm} su ${host} poggiano su altri dischi, che vengono copiati anch'essi e restano lì: ${listText(files)}.`,
    remedy: `${ownDisk} O accettalo, e dopo lo spostamento elimina quelli su ${host} se nient'altro vi poggia.`,
  }),
  'shared-disk': ({ vm, disks: shared }) => ({
    text: `${vm} condivide dischi con altre VM, e durante l'uso non si possono copiare: ${listText(shared)}.`,
    remedy:
      'Arresta il cluster guest, scollegali con Remove-VMHardDiskDrive, o mettili su una condivisione raggiunta dai due host; poi chiedi di nuovo.',
  }),
  'dvd-media': ({ vm, id, host }) => ({
    text: `${vm} usa l'unità DVD di ${host} stesso, che resta lì.`,
    remedy: `Esegui su ${host}: Get-VM -Id ${quoted(id)} | Get-VMDvdDrive | Set-VMDvdDrive -Path $null`,
  }),
  'dvd-media-ejected': ({ vm, host, files, shared }) => ({
    text:
      `${vm} ha nelle unità DVD supporti che ${host} non ha, o di cui non dice nulla: ${listText(files)}. Vengono espulsi, e quelli che mancano a ${host} non vengono rimessi.` +
      `${isEmpty(shared) ? '' : ` Il suo account computer deve poter leggere questi: ${listText(shared)}.`}`,
    remedy: `Copiali su ${host} con gli stessi percorsi e chiedi di nuovo, o accettalo.`,
  }),
  'dvd-media-share': ({ vm, id, host, files }) => ({
    text: `${vm} ha nelle unità DVD supporti di una condivisione, che l'account computer di ${host} deve poter leggere: ${listText(files)}.`,
    remedy: `Dai a ${host}$ il diritto di leggere lì, o espellili: Get-VM -Id ${quoted(id)} | Get-VMDvdDrive | Set-VMDvdDrive -Path $null. O accettalo.`,
  }),
} satisfies Record<string, TextOf>;

const features = {
  'configuration-version': ({ vm, host, version, versions }) => ({
    text: `${host} non conosce la versione di configurazione ${version} di ${vm}. Conosce: ${listText(versions)}.`,
    remedy: `Scegli un host con un Windows più recente, o aggiorna ${host}: una versione non torna mai indietro.`,
  }),
  'configuration-version-old': ({ vm, id, host, version, versions }) => ({
    text: `La versione di configurazione ${version} di ${vm} è troppo vecchia per ${host}, che conosce: ${listText(versions)}.`,
    remedy: `Arrestala ed esegui: Get-VM -Id ${quoted(id)} | Update-VMVersion. Non si può annullare, e un Windows più vecchio non accetta più la VM.`,
  }),
  'configuration-version-by-steps': ({ vm, id, host, source, version, versions }) => ({
    text: `La versione di configurazione ${version} di ${vm} è troppo vecchia per ${host}, che conosce: ${listText(versions)}. ${source} non può aggiornarla.`,
    remedy: `Spostala prima su un host con Windows Server 2016 o 2019, arrestala lì ed esegui: Get-VM -Id ${quoted(id)} | Update-VMVersion. Non si può annullare.`,
  }),
  'virtual-tpm': ({ vm, host, source, missing }) => ({
    text: `${vm} ha un TPM virtuale, e su ${host} non c'è nessuno dei certificati che lo aprono: ${listText(missing)}.`,
    remedy: moveGuardians(source, host, missing),
  }),
  'virtual-tpm-in-part': ({ vm, host, source, missing }) => ({
    text: `${vm} ha un TPM virtuale, e su ${host} mancano alcuni dei certificati che lo aprono: ${listText(missing)}.`,
    remedy: `${moveGuardians(source, host, missing)}. O accettalo, se su ${host} un suo guardian è completo.`,
  }),
  'assigned-device': ({ vm, id, host, devices }) => ({
    text: `${vm} ha per sé dispositivi di ${host}, che restano lì: ${listText(devices)}.`,
    remedy: `Arresta la VM ed esegui: Get-VM -Id ${quoted(id)} | Get-VMAssignableDevice | Remove-VMAssignableDevice`,
  }),
  'gpu-partition': ({ vm, id, host }) => ({
    text: `${vm} ha una parte di una GPU di ${host} che non si può spostare mentre la VM è in esecuzione.`,
    remedy: `Arresta la VM ed esegui: Get-VM -Id ${quoted(id)} | Remove-VMGpuPartitionAdapter. Windows Server 2025 con un driver adatto ci riesce.`,
  }),
  'gpu-at-target': ({ vm, id, host }) => ({
    text: `${vm} ha una parte di una GPU, e ${host} non ha GPU da dividere.`,
    remedy: `Guarda su ${host} con Get-VMHostPartitionableGpu, o arresta la VM ed esegui: Get-VM -Id ${quoted(id)} | Remove-VMGpuPartitionAdapter`,
  }),
} satisfies Record<string, TextOf>;

export const preflightVmProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  ...general,
  ...notes,
  ...state,
  ...cluster,
  ...disks,
  ...features,
};

const isEmpty = (list: Fact | undefined): boolean => !Array.isArray(list) || list.length === 0;

const ACTIONS: Readonly<Record<string, string>> = {
  Nothing: 'resta spenta',
  StartIfRunning: 'si avvia se prima era in esecuzione',
  Start: 'si avvia',
};
const actionText = (action: Fact | undefined): string => ACTIONS[String(action)] ?? String(action);

const removeCheckpoints = (id: Fact | undefined): string =>
  `Get-VM -Id ${quoted(id)} | Get-VMSnapshot | Remove-VMSnapshot`;

/** Not `Merge-VHD`, which would change the parent for all who use it. */
const ownDisk =
  'Arresta la VM, rendi ogni disco intero da sé (Convert-VHD -Path LEAF.vhdx -DestinationPath WHOLE.vhdx) e collega quello con Set-VMHardDiskDrive.';

function moveGuardians(
  source: Fact | undefined,
  host: Fact | undefined,
  missing: Fact | undefined,
): string {
  const store = 'Cert:\\LocalMachine\\Shielded VM Local Certificates';
  return (
    `Esegui su ${source}: $password = Read-Host -AsSecureString; ${quoted(missing)} | ForEach-Object { ` +
    `Export-PfxCertificate -Cert "${store}\\$_" -FilePath "$_.pfx" -Password $password }. ` +
    `Porta i file su ${host} ed esegui lì: Get-ChildItem *.pfx | ` +
    `Import-PfxCertificate -CertStoreLocation '${store}' -Password (Read-Host -AsSecureString)`
  );
}
