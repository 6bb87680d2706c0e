/** Le parole di en/what-if.ts. */

import type { whatIf as english } from '../en/what-if.ts';
import { bytesText, listText, secondsText } from './amounts.ts';

export const whatIf: typeof english = {
  title: (host) => `Se ${host} si rompesse ora`,
  nothing: (host) => `Con ${host} non si perderebbe nessuna VM.`,
  away: (host) =>
    `${host} non risponde. Si conoscono solo le VM di cui altri host hanno una copia.`,
  silent: (hosts) =>
    `Quello che hanno questi non è contato, perché non rispondono: ${listText(hosts)}.`,
  carries: {
    bot: (host) =>
      `Il bot di Ferry gira su ${host} e si perderebbe anch'esso: niente si ripristina con un comando finché non gira altrove.`,
    store: (host) =>
      `Lo store di Ferry gira su ${host} e si perderebbe anch'esso: niente si ripristina con un comando finché non gira altrove.`,
  },
  summary: (total, back) => `VM che potrebbero ripartire da una copia: ${back} di ${total}.`,
  restorable: (host, seconds) =>
    `potrebbe girare su ${host}; si perderebbe quanto ha scritto negli ultimi ${secondsText(seconds)}`,
  noRoom: (host, bytes, leaveOff) => {
    const off = leaveOff.length > 0 ? `, a meno di lasciare spente: ${listText(leaveOff)}` : '';
    return `ha una copia su ${host}, ma lì mancano ${bytesText(bytes)} di memoria${off}`;
  },
  'domain controller':
    'un controller di dominio non deve tornare indietro nel tempo, quindi non si ripristina: deve continuare un altro del suo dominio',
  'no definition': (host, seconds) =>
    `i suoi dischi di ${secondsText(seconds)} fa sono su ${host}, senza le impostazioni: una nuova VM va creata a mano`,
  'on a share': "i suoi dischi sono su una condivisione o in un cluster, e sopravvivono all'host",
  lost: 'nessuna copia: si perderebbe tutta',
  bare: (vms, host) => `${listText(vms)} non avrebbe più una copia: è solo su ${host}.`,
  below:
    'Per tenere una copia: /migrate align <vm> to <host> every 15m. Per avviarne una: /migrate restore <vm> on <host>.',
};
