import { mainService } from '@kinemacolor/lifecycle';
import { gatewaySettings } from './config.js';
import { startGateway } from './service.js';

/*
 * The gateway: gRPC outside, NATS inside.
 *
 * Consumes  gRPC calls of clients; `result` bytes and previews of jobs.
 * Produces  `source` bytes, and a `decode` and an `encode` task for each job.
 * Owns      the beginning and the deletion of job records, job keys, slots of tokens. Keeps nothing itself.
 */
await mainService('gateway', gatewaySettings, startGateway);
