/** Buttons for what can break while the lab runs. */

import { useState } from 'preact/hooks';
import type { FaultOnPage, FaultPlace } from '../wire.ts';
import { doFault } from './api.ts';
import { useStore } from './store.ts';
import { html, type Node } from './view.ts';

export function FaultsPanel(): Node {
  const truth = useStore((state) => state.truth);
  return html`<div class="lab">
    <header>
      <h2>Break something</h2>
      <p class="hint">Then look at the channel, and at what really runs.</p>
    </header>
    <section class="card"><h3>The lab</h3><${Faults} place="lab" target=${{}} /></section>
    ${truth?.hosts.map(
      ({ name, vms }) => html`<section class="card" key=${name} aria-label=${`Faults of ${name}`}>
        <h3>${name}</h3>
        <${Faults} place="host" target=${{ host: name }} />
        ${vms.map(
          (vm) => html`<div class="of-vm" key=${vm.id}>
            <h4>${vm.name} on ${name}</h4>
            <${Faults} place="vm" target=${{ host: name, vm: vm.name }} />
          </div>`,
        )}
      </section>`,
    )}
    <section class="card"><h3>Between Slack and the bot</h3><${Faults} place="slack" target=${{}} /></section>
  </div>`;
}

interface Target {
  readonly host?: string;
  readonly vm?: string;
}

function Faults({ place, target }: { place: FaultPlace; target: Target }): Node {
  const faults = useStore((state) => state.start?.faults) ?? [];
  return html`<ul class="faults">
    ${faults
      .filter((fault) => fault.place === place)
      .map((fault) => html`<${Fault} key=${fault.id} fault=${fault} target=${target} />`)}
  </ul>`;
}

function Fault({ fault, target }: { fault: FaultOnPage; target: Target }): Node {
  const key = [fault.id, target.host, target.vm].filter((part) => part !== undefined).join(':');
  const isOn = useStore((state) => state.truth?.switchedOn.includes(key) ?? false);
  const [isBusy, setBusy] = useState(false);
  const act = async (on: boolean): Promise<void> => {
    setBusy(true);
    await doFault(fault.id, { ...target, on });
    setBusy(false);
  };
  const words = html`<span><strong>${fault.label}</strong><small>${fault.what}</small></span>`;
  if (fault.isSwitch) {
    return html`<li class="fault" data-fault=${key}>
      <label>
        <input
          type="checkbox" role="switch" checked=${isOn} disabled=${isBusy}
          onChange=${() => act(!isOn)}
        />
        ${words}
        <span class="state">${isBusy ? '…' : isOn ? 'on' : 'off'}</span>
      </label>
    </li>`;
  }
  return html`<li class="fault" data-fault=${key}>
    ${words}
    <button
      type="button" class="button" disabled=${isBusy} aria-busy=${isBusy}
      aria-label=${[fault.label, target.vm, target.host].filter((part) => part !== undefined).join(', ')}
      onClick=${() => act(true)}
    >${isBusy ? 'Doing it' : 'Do it'}</button>
  </li>`;
}
