/** What really is in the lab: by witness, checker, folders and process list, and not by Ferry. */

import type { CopyTruth, HostTruth, HostVm, Truth, VmTruth } from '../wire.ts';
import { bytesText, countText, secondsText } from './amounts.ts';
import { checkNow } from './api.ts';
import { Plot } from './plots.ts';
import { useStore } from './store.ts';
import { classes, html, type Node } from './view.ts';

export function LabPanel(): Node {
  const truth = useStore((state) => state.truth);
  if (!truth) return html`<p class="empty">Looking at the hosts …</p>`;
  return html`<div class="lab">
    <header>
      <h2>What really is</h2>
      <p class="hint">By the lab's own witness and checker; Ferry is not asked.</p>
    </header>
    <${Vms} truth=${truth} />
    ${truth.hosts.map((host) => html`<${Host} key=${host.name} host=${host} />`)}
    <${Plots} truth=${truth} />
  </div>`;
}

function Vms({ truth }: { truth: Truth }): Node {
  const { vms, checkedAtMs, atMs } = truth;
  const age = checkedAtMs === undefined ? undefined : Math.round((atMs - checkedAtMs) / 1000);
  return html`<section class="card" aria-label="VMs by the witness">
    <h3>VMs <span class="by">by the witness</span></h3>
    <div class="scroll" tabindex="0" role="region" aria-label="VMs by the witness">
      <table class="vms">
        <thead>
          <tr>
            <th scope="col">VM</th>
            <th scope="col">Runs on</th>
            <th scope="col" class="right">Records</th>
            <th scope="col" class="right">Lost</th>
            <th scope="col" class="right">Longest pause</th>
          </tr>
        </thead>
        <tbody>
          ${vms.map((vm) => html`<${VmRow} key=${vm.id} vm=${vm} />`)}
        </tbody>
      </table>
    </div>
    <p class="hint">
      ${age === undefined ? 'The disks are being read for lost records.' : `Lost: by reading the disks, ${age} s ago.`}
      ${' '}<button type="button" class="link" onClick=${checkNow}>Read them now</button>
    </p>
  </section>`;
}

function VmRow({ vm }: { vm: VmTruth }): Node {
  const { name, runsOn, ranTwice, acknowledged, recordsPerSecond, lost, longestPause } = vm;
  const from = longestPause && longestPause.fromHost !== longestPause.toHost;
  return html`<tr data-vm=${name} data-runs-on=${runsOn.join(' ')} data-lost=${lost ?? ''}>
    <th scope="row">${name}</th>
    <td>
      ${
        runsOn.length === 0
          ? html`<span class="pill off">no host</span>`
          : runsOn.map((host) => html`<span class="pill runs">${host}</span>`)
      }
      ${ranTwice ? html`<strong class="bad">Ran twice!</strong>` : null}
    </td>
    <td class="right">${countText(acknowledged)}<small>${recordsPerSecond.toFixed(0)}/s</small></td>
    <td class="right">
      ${lost === undefined ? '…' : lost === 0 ? '0' : html`<strong class="bad">${lost} lost!</strong>`}
    </td>
    <td class="right">
      ${longestPause ? secondsText(longestPause.milliseconds) : '…'}
      ${from ? html`<small>${longestPause.fromHost} → ${longestPause.toHost}</small>` : null}
    </td>
  </tr>`;
}

function Host({ host }: { host: HostTruth }): Node {
  const { name, hasPower, vms, copies } = host;
  const runs = vms.filter((vm) => vm.isRunning).length;
  const state = hasPower ? `${runs} of ${vms.length} VMs run` : 'no power';
  return html`<section class=${classes('card', 'host', !hasPower && 'dark')} aria-label=${`Host ${name}`} data-host=${name}>
    <h3>${name} <span class="by">${state}</span></h3>
    ${vms.length === 0 ? html`<p class="hint">No VM is registered here.</p>` : null}
    ${vms.map((vm) => html`<${OnHost} key=${vm.id} vm=${vm} />`)}
    ${copies.map((copy) => html`<${Copy} key=${copy.folder} copy=${copy} />`)}
  </section>`;
}

function OnHost({ vm }: { vm: HostVm }): Node {
  const { name, isRunning, isFenced, checkpoints, disks, startAction } = vm;
  return html`<details class="vm" data-vm=${name} data-running=${isRunning}>
    <summary>
      <span class="name">${name}</span>
      <span class=${`pill ${isRunning ? 'runs' : 'off'}`}>${isRunning ? 'runs' : 'off'}</span>
      ${isFenced ? html`<span class="pill fenced">fenced</span>` : null}
      ${checkpoints.length > 0 ? html`<span class="pill">${checkpoints.length} checkpoint${checkpoints.length === 1 ? '' : 's'}</span>` : null}
      <span class="sum">
        ${disks.length} ${disks.length === 1 ? 'disk' : 'disks'},
        ${' '}${bytesText(disks.reduce((sum, disk) => sum + (disk.bytes ?? 0), 0))}
      </span>
    </summary>
    <dl>
      ${disks.map(
        ({ id, path, bytes, virtualBytes }) => html`
          <dt>${id}</dt>
          <dd>
            <code class="path">${path}</code>
            <span>${bytes === undefined ? 'missing' : bytesText(bytes)} of ${bytesText(virtualBytes)}</span>
          </dd>
        `,
      )}
      ${checkpoints.map((one) => html`<dt>Checkpoint</dt><dd>${one}</dd>`)}
      <dt>Start action</dt><dd>${startAction}</dd>
    </dl>
  </details>`;
}

function Copy({ copy }: { copy: CopyTruth }): Node {
  const { vm, operation, round, committedAtMs, folder, bytes } = copy;
  return html`<details class="vm copy" data-copy=${vm}>
    <summary>
      <span class="name">${vm}</span> <span class="pill">copy</span>
      <span class="sum">round ${round}, ${bytesText(bytes)}</span>
    </summary>
    <dl>
      <dt>Folder</dt><dd><code class="path">${folder}</code></dd>
      <dt>Held by</dt><dd>${operation}</dd>
      <dt>Committed</dt><dd>${new Date(committedAtMs).toLocaleTimeString()}</dd>
    </dl>
  </details>`;
}

function Plots({ truth }: { truth: Truth }): Node {
  const { atSeconds, throughput, dirty } = truth.samples;
  const cables = Object.fromEntries(
    Object.entries(throughput).map(([host, rates]) => [`from ${host}`, rates]),
  );
  return html`<section class="card" aria-label="Live">
    <h3>Live <span class="by">the last two minutes</span></h3>
    <${Plot} title="Between the hosts" atSeconds=${atSeconds} series=${cables} />
    <${Plot} title="Written by the guests (dirty rate)" atSeconds=${atSeconds} series=${dirty} />
  </section>`;
}
