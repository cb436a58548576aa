import path from 'node:path';
import { cacheFolder } from '@kinemacolor/config';
import { fetchModel, openJobStore, openModelRecords, publishModel } from '@kinemacolor/jobs';
import { errorFields, type Log, type Service } from '@kinemacolor/lifecycle';
import { ModelError } from '@kinemacolor/models/model-error';
import { answers, busOptions, openBus, type Bus } from '@kinemacolor/streaming';
import { ChromaOutlet } from './chroma-outlet.js';
import { noCounts, type ColourCounts } from './colour-counts.js';
import { Colouring } from './colouring.js';
import type { ColorizerConfig } from './config.js';
import { JobBook } from './job-book.js';
import { ModelCatalogue } from './model-catalogue.js';
import { ModelSwap } from './model-swap.js';
import { PainterShelf } from './painter-shelf.js';
import type { Painter, Studio } from './painter.js';
import { openSuspects } from './suspects.js';

/** A colorizer that runs. */
export interface ColorizerService extends Service {
  readonly counts: Readonly<ColourCounts>;
}

/**
 * Takes small luma from the queue of all colorizers, paints it in batches and publishes the chroma.
 *
 * Consumes `luma.*` (queue `colorizers`), the model store. Produces `chroma.<job>`, `dead.<job>`. Owns which version of a model
 * is served, and the counts of suspect frames; ends a job at a frame that cannot be coloured.
 * @throws what keeps it from colouring: no NATS, no engine, no model that works
 */
export async function startColorizerService(
  config: ColorizerConfig,
  log: Log,
  studio: Studio,
): Promise<ColorizerService> {
  const bus = await openBus(busOptions(config, 'colorizer'));
  const stop = new AbortController();
  try {
    return await start(config, log, studio, bus, stop);
  } catch (error) {
    stop.abort();
    await bus.connection.close();
    throw error;
  }
}

async function start(
  config: ColorizerConfig,
  log: Log,
  studio: Studio,
  bus: Bus,
  stop: AbortController,
): Promise<ColorizerService> {
  const { connection } = bus;
  const { replicas, maxTries, ahead, maxDelayMs, leaseSeconds } = config;
  const modelFolder = config.modelFolder ?? path.join(cacheFolder(), 'models');
  const { signal } = stop;
  const records = await openModelRecords(connection, replicas);
  const store = await openJobStore(connection, replicas);
  const suspects = await openSuspects(connection, replicas);
  const catalogue = new ModelCatalogue(records);
  const open = async (name: string, version: string): Promise<Painter> => {
    const found = await catalogue.version(name, version);
    if (found === undefined) throw new Error('the store does not have it');
    return studio.open(await fetchModel(connection, found, modelFolder));
  };
  const shelf = new PainterShelf({ open, most: config.loadedModels });
  const swap = new ModelSwap({
    records,
    fetch: (version) => fetchModel(connection, version, modelFolder),
    check: (folder, aborted) => studio.check(folder, aborted),
    load: (name, version) => shelf.load(name, version),
    log,
    signal,
  });

  for (const { name, folder } of studio.models) {
    const there = (await records.get(name))?.versions.length ?? 0;
    if (there === 0 && folder !== undefined) await publishModel(connection, folder, { name, replicas });
  }
  const model = studio.models[0]!.name;
  const first = await firstVersion(swap, model);
  const { workers, batch } = await shelf.use(model, first, (painter) => Promise.resolve(painter));

  const failed = (error: unknown): void => {
    log.warn(errorFields(error), 'NATS did not answer');
  };
  const following = catalogue.follow(
    (record) => {
      swap.consider(record);
      // Taken up by another colorizer: loaded before the first frame asks for it.
      if (record.serving === '' || !shelf.has(record.name)) return;
      shelf.load(record.name, record.serving).catch((error: unknown) => {
        log.warn({ model: record.name, version: record.serving, ...errorFields(error) }, 'a model version cannot be loaded'); // prettier-ignore
      });
    },
    failed,
    signal,
  );

  const counts = noCounts();
  const book = new JobBook(bus, store, failed);
  const outlet = new ChromaOutlet({ bus, store, book, counts, log });
  const maxBatch = Math.min(config.maxBatch ?? batch, ahead);
  const preferred = (config.preferredBatch ?? [maxBatch]).filter((size) => size >= 1 && size <= maxBatch);
  const colouring = new Colouring({
    ...{ bus, book, catalogue, shelf, suspects, outlet, counts, log, model, ahead, maxBatch, preferred, maxDelayMs, maxTries }, // prettier-ignore
    leaseMs: leaseSeconds * 1000,
    // One at each worker, the others on their way in or out.
    inFlight: workers + 2,
  });
  const close = async (): Promise<void> => {
    stop.abort();
    await Promise.all([following, swap.idle(), book.close()]);
    await shelf.close();
    log.info({ ...counts }, 'coloured');
    await connection.drain();
  };
  let closed: Promise<void> | undefined;
  return {
    facts: { model, version: first, workers, batch: maxBatch },
    counts,
    ended: colouring.ended.catch(async (error: unknown) => {
      await (closed ??= close());
      throw error;
    }),
    healthy: () => answers(connection),
    drain: async () => {
      await colouring.drain();
      await (closed ??= close());
    },
  };
}

/** The version of the service's own model to begin with. @throws ModelError when there is none that works */
async function firstVersion(swap: ModelSwap, name: string): Promise<string> {
  const record = await swap.judge(name);
  if (record !== undefined && record.serving !== '') return record.serving;
  const why = record?.versions.at(-1)?.refused ?? '';
  throw new ModelError(
    record === undefined ? 'NOT_FOUND' : 'UNSUPPORTED',
    record === undefined
      ? `There is no model ${name}: it is none of the shipped ones, no folder, and not in the model store.`
      : `No version of model ${name} works${why === '' ? '' : `: ${why}`}. Put a working one into the model store.`,
  );
}
