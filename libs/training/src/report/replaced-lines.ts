import type { LogEntry } from './log-entry.js';

interface Cut {
  /** Lines before this one are meant. */
  readonly line: number;
  /** Those of them at this step or a later one are replaced. */
  readonly step: number;
}

/**
 * Which lines of a log still count. After a kill the run goes on from a checkpoint and does some steps again; so a line
 * replaces the earlier ones of its kind at its own step and later, and a resume replaces all that lies past its
 * checkpoint. Look at every line once (`see`, in order), then ask for every line again (`counts`, in order).
 */
export class ReplacedLines {
  /** By line; of cuts only those that no later one makes needless, so their steps rise. */
  private readonly cuts = new Map<string, Cut[]>();
  private readonly latest = new Map<string, number>();
  private readonly passed = new Map<string, number>();

  see(entry: LogEntry, line: number): void {
    if (entry.kind === 'run') {
      if (entry.resumedAt === undefined) return;
      for (const kind of ['steps', 'validation', 'samples']) this.cut(kind, { line, step: entry.resumedAt + 1 });
    } else if ('step' in entry) {
      if (entry.step <= (this.latest.get(entry.kind) ?? -1)) this.cut(entry.kind, { line, step: entry.step });
      this.latest.set(entry.kind, entry.step);
    }
  }

  counts(entry: LogEntry, line: number): boolean {
    if (!('step' in entry)) return true;
    const cuts = this.cuts.get(entry.kind) ?? [];
    let next = this.passed.get(entry.kind) ?? 0;
    while (next < cuts.length && cuts[next]!.line <= line) next += 1;
    this.passed.set(entry.kind, next);
    return entry.step < (cuts[next]?.step ?? Infinity);
  }

  private cut(kind: string, cut: Cut): void {
    const cuts = this.cuts.get(kind) ?? [];
    while (cuts.length > 0 && cuts.at(-1)!.step >= cut.step) cuts.pop();
    cuts.push(cut);
    this.cuts.set(kind, cuts);
  }
}
