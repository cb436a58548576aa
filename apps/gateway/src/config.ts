import { defineSettings, readBoolean, readListen, readNumber, setting, type ParsedSettings } from '@kinemacolor/config';
import { serviceSettings } from '@kinemacolor/lifecycle';
import { natsSettings } from '@kinemacolor/streaming';
import { z } from 'zod';

const HOUR = 3600;
const GIB = 2 ** 30;
const seconds = (byDefault: number, most: number) => readNumber(z.number().positive().max(most).default(byDefault));

/** What a gateway can be told. */
export const gatewaySettings = defineSettings({
  ...natsSettings,
  ...serviceSettings,
  listen: setting(readListen().default('127.0.0.1:50051'), {
    flag: '--listen <host:port>',
    env: 'KINEMACOLOR_LISTEN',
    describe: 'Where the gRPC server listens; port 0 is a free one, told when it is ready',
  }),
  model: setting(z.string().default('fast'), {
    flag: '--model <name>',
    env: 'KINEMACOLOR_MODEL',
    describe: 'Model of the model store for jobs that name none',
  }),
  tokens: setting(z.string().optional(), {
    flag: '--tokens <file>',
    env: 'KINEMACOLOR_TOKENS',
    describe:
      'File of the tokens, a line each: name, SHA-256 of the token in hexadecimal, and most jobs at a time if not the usual; read again when it changes; none: open to everyone',
  }),
  insecure: setting(readBoolean().default(false), {
    flag: '--insecure',
    env: 'KINEMACOLOR_INSECURE',
    describe: 'Listens where others than this machine reach it, though it is open to everyone',
  }),
  tlsCertificate: setting(z.string().optional(), {
    flag: '--tls-certificate <file>',
    env: 'KINEMACOLOR_TLS_CERTIFICATE',
    describe: 'Certificate of the server and its chain, PEM; none: no TLS',
  }),
  tlsKey: setting(z.string().optional(), {
    flag: '--tls-key <file>',
    env: 'KINEMACOLOR_TLS_KEY',
    describe: 'Key of that certificate, PEM',
  }),
  tlsClientCa: setting(z.string().optional(), {
    flag: '--tls-client-ca <file>',
    env: 'KINEMACOLOR_TLS_CLIENT_CA',
    describe:
      'Authority that signed the certificates of clients, PEM; given: a client without one is refused (mutual TLS)',
  }),
  reflection: setting(readBoolean().default(true), {
    flag: '--no-reflection',
    env: 'KINEMACOLOR_REFLECTION',
    describe: 'Does not tell clients such as grpcurl what calls there are (the variable: false)',
  }),
  mostJobs: setting(readNumber(z.number().int().min(1).max(10_000).default(8)), {
    flag: '--most-jobs <count>',
    env: 'KINEMACOLOR_MOST_JOBS',
    describe: 'Jobs that a token may have under way at a time, unless its line says otherwise',
  }),
  mostSourceBytes: setting(
    readNumber(
      z
        .number()
        .int()
        .min(1)
        .default(16 * GIB),
    ),
    {
      flag: '--most-source-bytes <bytes>',
      env: 'KINEMACOLOR_MOST_SOURCE_BYTES',
      describe: 'Most that one source may have',
      unit: 'bytes',
    },
  ),
  mostMessageBytes: setting(
    readNumber(
      z
        .number()
        .int()
        .min(4096)
        .default(2 ** 20),
    ),
    {
      env: 'KINEMACOLOR_MOST_MESSAGE_BYTES',
      describe: 'Most that one message of a client may have',
      unit: 'bytes',
    },
  ),
  deadlineSeconds: setting(seconds(12 * HOUR, 90 * 24 * HOUR), {
    flag: '--deadline-seconds <seconds>',
    env: 'KINEMACOLOR_DEADLINE_SECONDS',
    describe: 'How long a job may take once its source is whole, where the client wants nothing shorter',
    unit: 'seconds',
  }),
  keepSeconds: setting(seconds(24 * HOUR, 90 * 24 * HOUR), {
    flag: '--keep-seconds <seconds>',
    env: 'KINEMACOLOR_KEEP_SECONDS',
    describe: 'How long a job and its result are kept once it has ended',
    unit: 'seconds',
  }),
  idleSeconds: setting(seconds(600, 24 * HOUR), {
    flag: '--idle-seconds <seconds>',
    env: 'KINEMACOLOR_IDLE_SECONDS',
    describe: 'How long a source that is not whole may bring nothing until its job expires',
    unit: 'seconds',
  }),
  keepaliveSeconds: setting(seconds(20, HOUR), {
    env: 'KINEMACOLOR_KEEPALIVE_SECONDS',
    describe:
      'When a client whose connection was silent is asked whether it is there; it is gone if it has not answered half as long after',
    unit: 'seconds',
  }),
  attachedSeconds: setting(seconds(30, HOUR), {
    env: 'KINEMACOLOR_ATTACHED_SECONDS',
    describe: 'How long the job of a Colorize stream outlives the gateway that had the stream',
    unit: 'seconds',
  }),
  sweepSeconds: setting(seconds(2, HOUR), {
    env: 'KINEMACOLOR_SWEEP_SECONDS',
    describe: 'Time between two looks for jobs that are overdue and for what ended jobs have left',
    unit: 'seconds',
  }),
});

export type GatewayConfig = ParsedSettings<typeof gatewaySettings>;
