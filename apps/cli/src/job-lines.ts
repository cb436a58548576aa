import type { Job } from '@kinemacolor/client';
import { clock } from './progress-display.js';

/** A job in one line. */
export function jobLine(job: Job): string {
  const { id, state, label } = job;
  return [id, state.padEnd(9), howFar(job).padEnd(26), label].join('  ').trimEnd();
}

/** Everything that a person wants to know of one job. */
export function jobLines(job: Job): string {
  const { id, state, label, settings, progress, error, created, finished, expires, sourceBytes, resultBytes } = job;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['job', id],
    ['state', state],
    ['label', label],
    ['error', error && `${error.message} (${error.code}${error.frame === undefined ? '' : `, frame ${error.frame}`})`],
    ['frames', howFar(job)],
    ['left grey', progress.framesGrey === 0 ? undefined : String(progress.framesGrey)],
    ['held', progress.framesHeld === 0 ? undefined : String(progress.framesHeld)],
    ['source', megabytes(sourceBytes)],
    ['result', megabytes(resultBytes)],
    ['settings', Object.entries(settings).map(([name, value]) => `${name} ${String(value)}`).join(', ')], // prettier-ignore
    ['created', created?.toISOString()],
    ['finished', finished?.toISOString()],
    ['expires', expires?.toISOString()],
    ...job.warnings.map((warning) => ['warning', warning] as const),
  ];
  const told = rows.filter(([, value]) => value !== undefined && value !== '');
  return told.map(([name, value]) => `${name.padEnd(10)}${value ?? ''}\n`).join('');
}

function howFar({ state, progress, error }: Job): string {
  const { framesEncoded, framesTotal, etaSeconds } = progress;
  if (state === 'failed') return error?.code ?? '';
  if (framesEncoded === 0 && framesTotal === undefined) return '';
  const frames = `${framesEncoded}/${framesTotal ?? '?'} frames`;
  return state === 'running' && etaSeconds !== undefined ? `${frames}, ETA ${clock(etaSeconds)}` : frames;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
