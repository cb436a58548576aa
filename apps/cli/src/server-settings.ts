import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Client, Retry } from '@kinemacolor/client';
import { setting, type SettingsOutput } from '@kinemacolor/config';
import { MediaError } from '@kinemacolor/media';
import { z } from 'zod';
import { UsageError } from './usage-error.js';

/** Which service, and who asks: what every command that talks to one can be told. */
export const serverSettings = {
  server: setting(z.string().default('127.0.0.1:50051'), {
    flag: '--server <address>',
    env: 'KINEMACOLOR_SERVER',
    describe: 'the service: host:port, or https://host for TLS',
  }),
  token: setting(z.string().optional(), {
    flag: '--token <token>',
    env: 'KINEMACOLOR_TOKEN',
    describe: 'what the service knows you by; the variable is safer, as flags show in the list of processes',
    secret: true,
  }),
  ca: setting(z.string().optional(), {
    flag: '--ca <file>',
    env: 'KINEMACOLOR_CA',
    describe: 'PEM file of the authority that signed the service’s certificate; speaks TLS',
  }),
  cert: setting(z.string().optional(), {
    flag: '--cert <file>',
    env: 'KINEMACOLOR_CERT',
    describe: 'PEM file of your own certificate, where the service asks for one',
  }),
  key: setting(z.string().optional(), {
    flag: '--key <file>',
    env: 'KINEMACOLOR_KEY',
    describe: 'PEM file of its key',
  }),
};

export type ServerSettings = SettingsOutput<typeof serverSettings>;

/** A client of the service. @throws MediaError for a PEM file that cannot be read; UsageError for one that is none */
export async function openService(
  { server, token, ca, cert, key }: ServerSettings,
  onRetry?: (retry: Retry) => void,
): Promise<Client> {
  const tls = ca === undefined && cert === undefined && key === undefined ? undefined : await pems({ ca, cert, key });
  // Only the commands that talk to a service load gRPC.
  const { openClient } = await import('@kinemacolor/client');
  return openClient({ address: server, token, tls, onRetry });
}

async function pems(files: Record<string, string | undefined>): Promise<Record<string, Buffer>> {
  const texts: Record<string, Buffer> = {};
  for (const [name, file] of Object.entries(files)) {
    if (file === undefined) continue;
    const text = await readFile(file).catch((error: unknown) => {
      throw MediaError.from(error, file);
    });
    checkPem(name, file, text);
    texts[name] = text;
  }
  return texts;
}

function checkPem(name: string, file: string, text: Buffer): void {
  const what = name === 'key' ? 'PRIVATE KEY' : 'CERTIFICATE';
  try {
    if (name === 'key') createPrivateKey(text);
    else new X509Certificate(text);
  } catch {
    throw new UsageError(`--${name} ${file}: there is no ${what.toLowerCase()} in it that can be used. Name a PEM file, which says BEGIN ${what}.`); // prettier-ignore
  }
}
