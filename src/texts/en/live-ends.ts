/** What a migration that went well leaves to be done. */

import type { TextOf } from '../catalogue.ts';
import { quoted } from '../powershell.ts';
import { listText } from './amounts.ts';

export const liveEndProblems = {
  'media-not-back': ({ vm, id, host, files }) => ({
    text: `${vm} runs on ${host} with empty DVD drives: these media were ejected and could not be put back: ${listText(files)}.`,
    remedy: `If it needs them, copy them to ${host} and run there: Get-VM -Id ${quoted(id)} | Get-VMDvdDrive | Set-VMDvdDrive -Path ${quoted(files)}`,
  }),
  'adapters-not-back': ({ vm, id, host, adapters }) => ({
    text: `${vm} on ${host} has no network adapter any more that was recorded before the move, so its VLAN, limits and rules were not applied: ${listText(adapters)}.`,
    remedy: `Look at its adapters with Get-VM -Id ${quoted(id)} | Get-VMNetworkAdapter and set by hand what is missing.`,
  }),
  'addresses-not-back': ({ vm, id, host, addresses }) => ({
    text: `${vm} runs on ${host} and does not show addresses that it had before: ${listText(addresses)}.`,
    remedy: `If they come from a DHCP server, it may have others now. Look with Get-VM -Id ${quoted(id)} | Get-VMNetworkAdapter at its switch, VLAN and addresses.`,
  }),
} satisfies Record<string, TextOf>;
