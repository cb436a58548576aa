import { formatCount, formatTime } from './format-number.js';
import { markup, type Markup } from './markup.js';
import type { RunLog } from './read-log.js';

/** Notes, newest first, and what is wrong with the log itself. */
export function notesSection({ notes, noteCount, damaged, notNumbers }: RunLog): Markup {
  const warnings = [
    damaged.count > 0 && `${damaged.count} lines of the log could not be read; the first is line ${damaged.first}.`,
    notNumbers > 0 && `${notNumbers} logged losses were not a number.`,
    noteCount > notes.length && `Of ${noteCount} notes the last ${notes.length} are shown.`,
  ].filter((text) => text !== false);
  if (notes.length + warnings.length === 0) return markup`<p class="soft">None.</p>`;
  return markup`${warnings.map((text) => markup`<p>${text}</p>`)}
<div class="wide"><table class="text">${notes.toReversed().map(({ time, text }) => markup`<tr><td>${formatTime(time)}</td><td>${text}</td></tr>`)}</table></div>`;
}

/** When the run began and went on, where it runs, and its whole config. */
export function aboutSection({ run, starts }: RunLog): Markup {
  if (run === undefined) return markup`<p class="soft">The log does not say how the run was begun.</p>`;
  const environment = Object.entries(run.environment).map(([name, value]) => [name, asText(value)] as const);
  return markup`<div class="wide"><table class="text">
${environment.map(([name, value]) => markup`<tr><td>${name}</td><td>${value}</td></tr>`)}
${starts.map(({ time, resumedAt }) => markup`<tr><td>${resumedAt === undefined ? 'begun' : `resumed at step ${formatCount(resumedAt)}`}</td><td>${formatTime(time)}</td></tr>`)}
</table></div>
<details open><summary>Config</summary><pre>${JSON.stringify(run.config, null, 2)}</pre></details>`;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
