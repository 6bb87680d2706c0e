/** The page: who you are, the channel, and beside it what really runs. */

import { render } from 'preact';
import type { PersonOnPage } from '../wire.ts';
import { actAs, openHome } from './api.ts';
import { Channel, Thread } from './channel.ts';
import { FaultsPanel } from './faults-panel.ts';
import { LabPanel } from './lab-panel.ts';
import { avatar } from './messages.ts';
import { Modals } from './modal.ts';
import { change, current, HOME, type Panel, useStore } from './store.ts';
import { html, type Node } from './view.ts';

const PANELS: readonly { id: Panel; label: string }[] = [
  { id: 'channel', label: 'Channel' },
  { id: 'thread', label: 'Thread' },
  { id: 'lab', label: 'Lab' },
  { id: 'faults', label: 'Faults' },
];

/** Below this the channel is one of the panels. */
const NARROW = '(max-width: 899px)';

function Page(): Node {
  const panel = useStore((state) => state.panel);
  const start = useStore((state) => state.start);
  if (!start) return html`<p class="opening">Opening the lab …</p>`;
  return html`<div class="page" data-panel=${panel}>
    <a class="skip" href="#channel">Skip to the channel</a>
    <${Sidebar} />
    <main id="channel"><${Channel} /></main>
    <${Tabs} panel=${panel} />
    <aside class="panel" role="tabpanel" aria-label=${labelOf(panel)}>
      ${panel === 'thread' ? html`<${Thread} />` : null}
      ${panel === 'lab' || panel === 'channel' ? html`<${LabPanel} />` : null}
      ${panel === 'faults' ? html`<${FaultsPanel} />` : null}
    </aside>
    <${Failure} />
    <${Modals} />
    <${Announcer} />
  </div>`;
}

const labelOf = (panel: Panel): string => PANELS.find(({ id }) => id === panel)?.label ?? 'Lab';

function Tabs({ panel }: { panel: Panel }): Node {
  const key = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const tabs = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button')];
    const shown = tabs.filter((tab) => tab.offsetParent !== null);
    const at = shown.indexOf(document.activeElement as HTMLElement);
    const next = shown[(at + step + shown.length) % shown.length];
    next?.focus();
    next?.click();
  };
  return html`<nav class="tabs" role="tablist" aria-label="Panels" onKeyDown=${key}>
    ${PANELS.map(
      ({ id, label }) =>
        html`<button
          type="button" role="tab" class=${`tab-${id}`} aria-selected=${panel === id}
          tabindex=${panel === id ? 0 : -1}
          onClick=${() => change({ panel: id })}
        >${label}</button>`,
    )}
  </nav>`;
}

function Sidebar(): Node {
  const start = useStore((state) => state.start);
  const channel = useStore((state) => state.channel);
  const isConnected = useStore((state) => state.isConnected);
  const entry = (id: string, label: string): Node =>
    html`<li><button
      type="button" aria-current=${id === channel ? 'page' : undefined}
      onClick=${() => openChannel(id)}
    >${label}</button></li>`;
  return html`<nav class="sidebar" aria-label="Workspace">
    <p class="workspace">
      <strong>Ferry lab</strong>
      <span class="connection">${isConnected ? 'Connected' : 'Not connected; trying again'}</span>
    </p>
    <${People} />
    <h2>Channels</h2>
    <ul class="channels">
      ${start?.channels.map(({ id, name, isPrivate }) => entry(id, `# ${name}${isPrivate ? ' (private)' : ''}`))}
      ${entry(HOME, 'ferry (app)')}
    </ul>
  </nav>`;
}

function openChannel(id: string): void {
  const isNarrow = matchMedia(NARROW).matches;
  change({ channel: id, ...(isNarrow ? { panel: 'channel' as const } : {}) });
  if (id === HOME) void openHome();
}

function People(): Node {
  const start = useStore((state) => state.start);
  const me = useStore((state) => state.me);
  const person = ({ id, name, role }: PersonOnPage): Node =>
    html`<label class="person">
      <input type="radio" name="me" value=${id} checked=${id === me} onChange=${() => actAs(id)} />
      ${avatar(id, name)}
      <span><strong>${name}</strong> <small>${role}</small></span>
    </label>`;
  return html`<fieldset class="people">
    <legend>You act as</legend>
    ${start?.people.map(person)}
  </fieldset>`;
}

function Failure(): Node {
  const failure = useStore((state) => state.failure);
  if (!failure) return null;
  return html`<div class="failure" role="alert">
    <p><strong>${failure.text}</strong> ${failure.remedy}</p>
    <button type="button" class="close" aria-label="Dismiss" onClick=${() => change({ failure: undefined })}>✕</button>
  </div>`;
}

function Announcer(): Node {
  const announced = useStore((state) => state.announced);
  return html`<div class="unseen" aria-live="polite">${announced}</div>`;
}

// The token has become a cookie; it shall not stay in the address bar and the history.
history.replaceState(null, '', '/');
if (matchMedia(NARROW).matches) change({ panel: 'channel' });
const place = document.getElementById('page');
if (!place) throw new Error('The page has no place for itself');
place.replaceChildren();
render(html`<${Page} />`, place);
actAs(current().me);
