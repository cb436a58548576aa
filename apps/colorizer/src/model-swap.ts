import { setTimeout as pause } from 'node:timers/promises';
import type { ModelRecord, ModelVersion } from '@kinemacolor/contracts';
import { acceptVersion, candidateOf, ModelStoreError, refuseVersion } from '@kinemacolor/jobs';
import { errorFields, type Log } from '@kinemacolor/lifecycle';
import type { Records } from '@kinemacolor/streaming';
import { PainterMissing } from './painter-shelf.js';

export interface ModelSwapOptions {
  readonly records: Records<ModelRecord>;
  /** Brings a version's files here. */
  readonly fetch: (version: ModelVersion) => Promise<string>;
  /** Tries a folder out where it can do no harm: what is wrong with it. */
  readonly check: (folder: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Loads a version beside the others. */
  readonly load: (name: string, version: string) => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const AGAIN_MS = 5_000;

/**
 * Judges the versions that were put into the store: one that can be loaded and paints is served from then on, the others are
 * refused and what is served stays. Each colorizer does so; the first that has an opinion decides.
 */
export class ModelSwap {
  readonly #options: ModelSwapOptions;
  readonly #due = new Set<string>();
  #working: Promise<void> | undefined;

  constructor(options: ModelSwapOptions) {
    this.#options = options;
  }

  /** Has a model's candidates judged, one model after the other, unless there are none. */
  consider(record: ModelRecord): void {
    if (candidateOf(record) === undefined) return;
    this.#due.add(record.name);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** Judges a model's candidates, the newest first, until one is served or there are none. @throws what is no fault of a version */
  async judge(name: string): Promise<ModelRecord | undefined> {
    const { records, log, signal } = this.#options;
    for (;;) {
      const record = await records.get(name);
      const candidate = record === undefined ? undefined : candidateOf(record);
      const version = candidate?.model?.version;
      if (candidate === undefined || version === undefined) return record;
      const wrong = await this.#whatIsWrong(name, candidate);
      signal.throwIfAborted();
      if (wrong === undefined) {
        const after = await acceptVersion(records, name, version);
        log.info({ model: name, version, serving: after?.serving }, 'a model version works');
      } else {
        await refuseVersion(records, name, version, wrong);
        log.warn({ model: name, version, reason: wrong, serving: record?.serving }, 'a model version is refused');
      }
    }
  }

  /** Settles when nothing is being judged. */
  async idle(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { log, signal } = this.#options;
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      const [name] = this.#due;
      if (name === undefined) return;
      this.#due.delete(name);
      try {
        await this.judge(name);
      } catch (error) {
        if (stopped()) return;
        // The store is away, the disk is full: the version is not to blame.
        log.warn({ model: name, ...errorFields(error) }, 'a model version could not be judged; it is tried again');
        this.#due.add(name);
        await pause(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  async #whatIsWrong(name: string, candidate: ModelVersion): Promise<string | undefined> {
    const { fetch, check, load, signal } = this.#options;
    try {
      const wrong = await check(await fetch(candidate), signal);
      if (wrong === undefined) await load(name, candidate.model!.version);
      return wrong;
    } catch (error) {
      if (error instanceof ModelStoreError || error instanceof PainterMissing) return error.message;
      throw error;
    }
  }
}
