/** The newest log lines of this process, so that an alert can carry them. */

const LINES_MAX = 500;
const LINE_CHARS_MAX = 2000;

export interface LogRing {
  /** Takes one line, as pino writes it. */
  write(line: string): void;
  /** Oldest first. */
  lines(): readonly string[];
}

export function logRing(): LogRing {
  const kept: string[] = [];
  return {
    write(line) {
      kept.push(line.trimEnd().slice(0, LINE_CHARS_MAX));
      if (kept.length > LINES_MAX) kept.shift();
    },
    lines: () => [...kept],
  };
}
