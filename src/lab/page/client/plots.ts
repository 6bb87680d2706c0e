/** A small plot of rates. Lines differ by dash as well as by colour, and the numbers stand beside. */

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { bytesText } from './amounts.ts';
import { html, type Node } from './view.ts';

const HEIGHT_PIXELS = 96;
const DASHES: readonly number[][] = [[], [6, 4], [2, 3], [8, 3, 2, 3]];
/** So that a quiet lab's noise does not fill the whole plot. */
const TOP_BYTES_MIN = 64 * 1024;

/** Where lines may lie: powers of two read well in KiB and MiB. */
const POWERS = Array.from({ length: 30 }, (_, power) => 1024 * 2 ** power);

interface PlotProps {
  readonly title: string;
  readonly atSeconds: readonly number[];
  /** Bytes a second, by name. */
  readonly series: Readonly<Record<string, readonly number[]>>;
}

export function Plot({ title, atSeconds, series }: PlotProps): Node {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const names = Object.keys(series);
  const now = atSeconds.at(-1) ?? 0;
  const ago = atSeconds.map((seconds) => seconds - now);
  const data = [ago, ...Object.values(series)] as uPlot.AlignedData;
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const width = () => Math.max(element.clientWidth, 120);
    const drawn = new uPlot({ ...look(element, names), width: width() }, data, element);
    plot.current = drawn;
    const resized = new ResizeObserver(() =>
      drawn.setSize({ width: width(), height: HEIGHT_PIXELS }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
  }, [names.join()]);
  useEffect(() => plot.current?.setData(data));
  const rates = names.map((name) => [name, `${bytesText(series[name]?.at(-1) ?? 0)}/s`] as const);
  return html`<figure class="plot">
    <figcaption>${title}</figcaption>
    <div ref=${place} role="img" aria-label=${`${title}: ${rates.map((one) => one.join(' ')).join(', ')}`}></div>
    <ul>
      ${rates.map(
        ([name, rate], index) =>
          html`<li>
            <svg class=${`line-${index}`} width="22" height="6" aria-hidden="true">
              <line x1="0" y1="3" x2="22" y2="3" stroke-dasharray=${DASHES[index % 4]?.join(' ')} />
            </svg>
            ${name} <strong>${rate}</strong>
          </li>`,
      )}
    </ul>
  </figure>`;
}

/** A canvas knows no light-dark(): the browser is asked what the colour is now. */
function colourOf(element: HTMLElement, name: string): string {
  const before = element.style.color;
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}

function look(element: HTMLElement, names: readonly string[]): Omit<uPlot.Options, 'width'> {
  const colour = (name: string) => colourOf(element, name);
  const axis = {
    stroke: () => colour('--muted'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    height: HEIGHT_PIXELS,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false },
      y: { range: (_plot, _low, high) => [0, Math.max(high ?? 0, TOP_BYTES_MIN) * 1.1] },
    },
    axes: [
      { ...axis, size: 22, space: 60, values: (_plot, ticks) => ticks.map((tick) => `${tick} s`) },
      {
        ...axis,
        size: 58,
        space: 20,
        incrs: POWERS,
        values: (_plot, ticks) => ticks.map((tick) => bytesText(tick)),
      },
    ],
    series: [
      {},
      ...names.map((_name, index) => ({
        stroke: () => colour(`--series-${index % 4}`),
        width: 2,
        dash: DASHES[index % 4] ?? [],
        points: { show: false },
      })),
    ],
  };
}
