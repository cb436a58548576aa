import type { ModelRecord } from '@kinemacolor/contracts';
import { openJobStore, openModelRecords, type JobStore } from '@kinemacolor/jobs';
import type { Log } from '@kinemacolor/lifecycle';
import type { Records } from '@kinemacolor/streaming';
import type { NatsConnection } from '@nats-io/transport-node';
import type { GatewayConfig } from './config.js';
import { openJobKeys, type JobKeys } from './job-keys.js';
import { openSlots, type Slots } from './slots.js';

/** What the calls of a gateway work with. Everything that lasts is in NATS, so any gateway answers any call. */
export interface Gateway {
  readonly connection: NatsConnection;
  readonly jobs: JobStore;
  readonly models: Records<ModelRecord>;
  readonly slots: Slots;
  readonly keys: JobKeys;
  readonly config: GatewayConfig;
  readonly log: Log;
}

export async function openGateway(connection: NatsConnection, config: GatewayConfig, log: Log): Promise<Gateway> {
  const { replicas } = config;
  const jobs = await openJobStore(connection, replicas);
  const models = await openModelRecords(connection, replicas);
  const slots = await openSlots(connection, jobs, replicas);
  const keys = await openJobKeys(connection, jobs, replicas);
  return { connection, jobs, models, slots, keys, config, log };
}
