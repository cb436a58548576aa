import { readNumber, setting } from '@kinemacolor/config';
import { z } from 'zod';
import type { BusOptions } from './bus.js';
import type { NatsOptions } from './connect.js';

/** How a service finds NATS and what it may keep there: the part of its settings that all services have in common. */
export const natsSettings = {
  nats: setting(z.string().default('nats://127.0.0.1:4222'), {
    flag: '--nats <urls>',
    env: 'KINEMACOLOR_NATS',
    describe:
      'NATS servers, separated by commas; a user and password stand before the host, as in nats://USER:PASSWORD@HOST',
  }),
  natsCredentials: setting(z.string().optional(), {
    env: 'KINEMACOLOR_NATS_CREDENTIALS',
    describe: 'File of NATS credentials (.creds); none: no authentication but that of the URL',
  }),
  natsCa: setting(z.string().optional(), {
    env: 'KINEMACOLOR_NATS_CA',
    describe:
      'File of the authority that signed the certificate of NATS; none: TLS where NATS wants it, by the authorities of the system',
  }),
  natsCertificate: setting(z.string().optional(), {
    env: 'KINEMACOLOR_NATS_CERTIFICATE',
    describe: 'File of the certificate that is shown to NATS (mutual TLS)',
  }),
  natsKey: setting(z.string().optional(), {
    env: 'KINEMACOLOR_NATS_KEY',
    describe: 'File of the key of that certificate',
  }),
  replicas: setting(readNumber(z.number().int().min(1).max(5).default(1)), {
    env: 'KINEMACOLOR_REPLICAS',
    describe: 'Copies of everything in NATS, each on a server of its cluster',
  }),
  window: setting(readNumber(z.number().int().min(4).max(4096).default(64)), {
    env: 'KINEMACOLOR_WINDOW',
    describe: 'Frames of one job that may be under way between decoder and encoder',
    unit: 'frames',
  }),
  fileBytes: setting(
    readNumber(
      z
        .number()
        .int()
        .min(2 ** 20)
        .default(64 * 2 ** 30),
    ),
    {
      env: 'KINEMACOLOR_FILE_BYTES',
      describe: 'Most that all sources may take on the disk of NATS; segments and results as much each',
      unit: 'bytes',
    },
  ),
  memoryBytes: setting(
    readNumber(
      z
        .number()
        .int()
        .min(2 ** 20)
        .default(2 ** 30),
    ),
    {
      env: 'KINEMACOLOR_MEMORY_BYTES',
      describe: 'Most that all waiting luma may take in the memory of NATS; chroma as much again',
      unit: 'bytes',
    },
  ),
};

/** Those of the settings that say where NATS is, as they were parsed. */
export interface NatsAddress {
  readonly nats: string;
  readonly natsCredentials?: string | undefined;
  readonly natsCa?: string | undefined;
  readonly natsCertificate?: string | undefined;
  readonly natsKey?: string | undefined;
}

/** The settings as they were parsed. */
export interface NatsValues extends NatsAddress {
  readonly replicas: number;
  readonly window: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

/** @param name who connects */
export function busOptions(values: NatsValues, name: string): BusOptions {
  const { replicas, window, fileBytes, memoryBytes } = values;
  return { ...natsOptions(values, name), streams: { replicas, window, fileBytes, memoryBytes } };
}

/** The same for who needs no streams. @param name who connects */
export function natsOptions(values: NatsAddress, name: string): NatsOptions {
  const { nats, natsCredentials, natsCa: ca, natsCertificate: cert, natsKey: key } = values;
  const files = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  return {
    servers: nats.split(',').map((url) => url.trim()),
    name,
    ...(natsCredentials === undefined ? {} : { credentials: natsCredentials }),
    ...(Object.keys(files).length === 0 ? {} : { tls: files }),
  };
}
