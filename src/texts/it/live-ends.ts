/** Che cosa resta da fare dopo una migrazione riuscita. */

import type { TextOf } from '../catalogue.ts';
import type { liveEndProblems as english } from '../en/live-ends.ts';
import { quoted } from '../powershell.ts';
import { listText } from './amounts.ts';

export const liveEndProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'media-not-back': ({ vm, id, host, files }) => ({
    text: `${vm} è in esecuzione su ${host} con le unità DVD vuote: questi supporti sono stati espulsi e non si è potuto rimetterli: ${listText(files)}.`,
    remedy: `Se le servono, copiali su ${host} ed esegui lì: Get-VM -Id ${quoted(id)} | Get-VMDvdDrive | Set-VMDvdDrive -Path ${quoted(files)}`,
  }),
  'adapters-not-back': ({ vm, id, host, adapters }) => ({
    text: `${vm} su ${host} non ha più una scheda di rete annotata prima dello spostamento, perciò VLAN, limiti e regole non sono stati applicati: ${listText(adapters)}.`,
    remedy: `Guarda le sue schede con Get-VM -Id ${quoted(id)} | Get-VMNetworkAdapter e imposta a mano ciò che manca.`,
  }),
  'addresses-not-back': ({ vm, id, host, addresses }) => ({
    text: `${vm} è in esecuzione su ${host} e non mostra gli indirizzi che aveva prima: ${listText(addresses)}.`,
    remedy: `Se vengono da un server DHCP, ora può averne altri. Guarda con Get-VM -Id ${quoted(id)} | Get-VMNetworkAdapter il suo switch, la VLAN e gli indirizzi.`,
  }),
};
