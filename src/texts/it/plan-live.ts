/** Parole del piano di una live migration: come e perché, su quale rete, e che ne è di unità e schede. */

import type { planLive as english } from '../en/plan-live.ts';
import { listText } from './amounts.ts';

type Via = Parameters<(typeof english)['over']['one']>[0];

const viaText = ({ subnet, sourceAddress, targetAddress }: Via): string =>
  `${subnet} (da ${sourceAddress} a ${targetAddress})`;

export const planLive: typeof english = {
  way: {
    'with storage': ({ vm, target, volume }) =>
      `Dopo l'approvazione l'hypervisor sposta ${vm} su ${target} mentre è in esecuzione. ` +
      `I suoi dischi la seguono su ${volume}, perché non tutti sono dove li raggiungono entrambi gli host.`,
    'memory only': ({ vm, target }) =>
      `Dopo l'approvazione l'hypervisor sposta ${vm} su ${target} mentre è in esecuzione: ` +
      'solo la memoria, perché entrambi gli host raggiungono la condivisione con i suoi dischi.',
    'cluster role': ({ vm, target }) =>
      `Dopo l'approvazione il cluster sposta ${vm} su ${target} mentre è in esecuzione: come suo ruolo, ` +
      'perché nessun altro può spostarla. Il cluster conserva i dischi.',
  },
  over: {
    one: (via) =>
      `Passa dalla rete ${viaText(via)}, ` +
      `${via.dedicated ? 'che serve solo a questo' : 'che ha anche altro traffico'}.`,
    some: (all) =>
      `Passa da una di queste reti, a scelta dell'hypervisor: ${listText(all.map(viaText))}.`,
    cluster: (names) => `Passa da una rete che il cluster consente per questo: ${listText(names)}.`,
    likely: (subnet) =>
      `Passa probabilmente dalla rete ${subnet}: il resto delle reti degli host non si è potuto leggere.`,
    unknown: 'Da quale rete passa non si è potuto leggere.',
  },
  runs: ({ vm }) =>
    `${vm} non viene fermata. Si può annullare finché l'hypervisor non passa all'altro host.`,
  rewired: ({ adapter, from, to, target }) =>
    `${adapter} viene scollegata da ${from} prima dello spostamento e collegata a ${to} su ${target} dopo: ` +
    'nel frattempo non ha rete.',
  medium: {
    stays: (path, target) => `${path} resta nella sua unità: anche ${target} ce l'ha.`,
    ejected: (path, target) => `${path} viene espulso e non rimesso, perché ${target} non ce l'ha.`,
    unknown: (path, target) =>
      `${path} viene espulso, e rimesso solo se ${target} ce l'ha: non si è potuto leggere.`,
  },
  parents: (files, { source }) =>
    `I suoi dischi poggiano su ${listText(files)}: copiato anch'esso, e conservato su ${source}, dove altri possono poggiarvi.`,
  onShare: (disks) => `${listText(disks)}: resta sulla sua condivisione.`,
  left: {
    'with storage': ({ vm, source, target }) =>
      `Su ${source} non resta nessuna copia: quando ${vm} è in esecuzione su ${target}, l'hypervisor ne elimina lì i dischi.`,
    'memory only': ({ vm, source }) =>
      `I dischi restano sulla loro condivisione; di ${vm} non resta altro su ${source}.`,
    'cluster role': ({ vm, source }) =>
      `I dischi restano nel cluster; di ${vm} non resta altro su ${source}.`,
  },
  value: {
    via: viaText,
    medium: {
      stays: (path) => `${path} resta`,
      ejected: (path) => `${path} viene espulso`,
      unknown: (path) => `${path} può essere espulso`,
    },
    parent: (path) => `${path} viene con essi`,
    rewired: (adapter, from, to) => `${adapter} da ${from} a ${to}`,
  },
};
