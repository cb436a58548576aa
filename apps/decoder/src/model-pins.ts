import type { ModelPin } from '@kinemacolor/contracts';
import { openModelRecords, type JobStore } from '@kinemacolor/jobs';
import type { NatsConnection } from '@nats-io/transport-node';

/** Which version of a model paints which shot of a job. */
export interface ModelPins {
  /**
   * The version for the shot that begins with this frame: the one that is served now, or, when it has been decided before, as
   * by a decoder that was killed, the one from then. So a shot never changes its version.
   * @returns '' while no version is served: the colorizers then take the first one that is
   */
  versionFor(job: string, model: string, firstFrame: number): Promise<string>;
}

/** Opens the model records, and writes what is decided into the job's record. */
export async function openPins(connection: NatsConnection, store: JobStore, replicas: number): Promise<ModelPins> {
  const models = await openModelRecords(connection, replicas);
  return {
    versionFor: async (job, model, firstFrame) => {
      const serving = (await models.get(model))?.serving ?? '';
      const record = await store.update(job, (now) => {
        if (now.pinnedUntil !== undefined && firstFrame <= now.pinnedUntil) return undefined;
        const changed = now.pins.at(-1)?.version !== serving;
        return {
          ...now,
          pinnedUntil: firstFrame,
          pins: changed ? [...now.pins, { firstFrame, version: serving }] : now.pins,
        };
      });
      return pinned(record?.pins ?? [], firstFrame) ?? serving;
    },
  };
}

const pinned = (pins: readonly ModelPin[], frame: number): string | undefined =>
  pins.findLast(({ firstFrame }) => firstFrame <= frame)?.version;
