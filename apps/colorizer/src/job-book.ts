import { hasEnded, type JobStore, type StoredJob } from '@kinemacolor/jobs';
import { forgetJob, type Bus } from '@kinemacolor/streaming';
import { readTraceparent, type SpanContext } from '@kinemacolor/telemetry';

interface Page {
  record: Promise<StoredJob | undefined>;
  readAt: number;
  /** Something was published for it since it was last seen to run. */
  published: boolean;
  /** The job's span, as its record had it last. */
  trace: SpanContext | undefined;
}

/** How old an answer may be, milliseconds: a job that was cancelled is coloured for no longer than that. */
const FRESH_MS = 500;
const SWEEP_MS = 1_000;

/** The jobs whose frames this process has, each looked up twice a second at most. */
export class JobBook {
  readonly #pages = new Map<string, Page>();
  readonly #store: JobStore;
  readonly #bus: Bus;
  readonly #sweeping: NodeJS.Timeout;
  readonly #failed: (error: unknown) => void;

  /** @param failed told when the book cannot be kept, which does no harm but leaves messages behind */
  constructor(bus: Bus, store: JobStore, failed: (error: unknown) => void) {
    this.#bus = bus;
    this.#store = store;
    this.#failed = failed;
    this.#sweeping = setInterval(() => {
      this.#sweep().catch(this.#failed);
    }, SWEEP_MS);
  }

  /** @returns undefined when there is nothing to do for the job any more */
  async running(id: string): Promise<StoredJob | undefined> {
    const now = performance.now();
    let page = this.#pages.get(id);
    if (page === undefined || now - page.readAt > FRESH_MS) {
      page = { record: this.#store.get(id), readAt: now, published: page?.published ?? false, trace: page?.trace };
      this.#pages.set(id, page);
    }
    const record = await page.record;
    if (record !== undefined) page.trace = readTraceparent(record.traceparent);
    return record === undefined || hasEnded(record.job) ? undefined : record;
  }

  /** The span of a job that was looked up. @returns undefined where it is not traced, too */
  traceOf(id: string): SpanContext | undefined {
    return this.#pages.get(id)?.trace;
  }

  /** Chroma of a job was published: should it have ended at that moment, nobody else would clear it away. */
  published(id: string): void {
    const page = this.#pages.get(id);
    if (page !== undefined) page.published = true;
  }

  /** Sees to the jobs a last time. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    await this.#sweep(0).catch(this.#failed);
  }

  async #sweep(ageMs = SWEEP_MS): Promise<void> {
    const old = [...this.#pages].filter(([, { readAt }]) => performance.now() - readAt >= ageMs);
    for (const [id, { published }] of old) {
      this.#pages.delete(id);
      if (!published) continue;
      const record = await this.#store.get(id);
      if (record === undefined || hasEnded(record.job)) await forgetJob(this.#bus.connection, id, ['chroma']);
    }
  }
}
