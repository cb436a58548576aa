import { setTimeout as pause } from 'node:timers/promises';
import type { ModelRecord, ModelVersion } from '@kinemacolor/contracts';
import { versionOf } from '@kinemacolor/jobs';
import type { Records } from '@kinemacolor/streaming';

const AGAIN_MS = 1_000;

/** The models as the store has them, kept up to date. */
export class ModelCatalogue {
  readonly #records: Records<ModelRecord>;
  readonly #known = new Map<string, ModelRecord>();

  constructor(records: Records<ModelRecord>) {
    this.#records = records;
  }

  /** The model's record as it was last seen; undefined when there is none. */
  async get(name: string): Promise<ModelRecord | undefined> {
    return this.#known.get(name) ?? (await this.#ask(name));
  }

  /** A version, which may have been published this very moment. */
  async version(name: string, version: string): Promise<ModelVersion | undefined> {
    const known = this.#known.get(name);
    const found = known === undefined ? undefined : versionOf(known, version);
    if (found !== undefined) return found;
    const record = await this.#ask(name);
    return record === undefined ? undefined : versionOf(record, version);
  }

  /** Tells of every record now and after each change, until the signal. A watch that breaks off begins anew. */
  async follow(
    onChange: (record: ModelRecord) => void,
    failed: (error: unknown) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const record of this.#records.watchAll(signal)) {
          this.#known.set(record.name, record);
          onChange(record);
        }
      } catch (error) {
        failed(error);
      }
      await pause(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #ask(name: string): Promise<ModelRecord | undefined> {
    const record = await this.#records.get(name);
    if (record !== undefined) this.#known.set(name, record);
    return record;
  }
}
