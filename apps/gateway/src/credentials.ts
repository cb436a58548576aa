import { createSecureContext } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import type { GatewayConfig } from './config.js';
import { readNamed, wrongSetting } from './start-error.js';

type Given = Pick<GatewayConfig, 'listen' | 'tokens' | 'insecure' | 'tlsCertificate' | 'tlsKey' | 'tlsClientCa'>;

/**
 * What the server shows and wants of a connection.
 * @throws ConfigError when it would be open to a network by oversight, or a file is missing or not what it should be
 */
export async function serverCredentials(given: Given): Promise<ServerCredentials> {
  const { listen, tokens, insecure, tlsCertificate, tlsKey, tlsClientCa } = given;
  if (tokens === undefined && tlsClientCa === undefined && !insecure && !isLoopback(listen)) {
    throw wrongSetting(
      `KINEMACOLOR_LISTEN=${listen} (or --listen)`,
      'others can reach it there, and use the service without a token. Name a file of tokens in KINEMACOLOR_TOKENS, or the authority of clients’ certificates in KINEMACOLOR_TLS_CLIENT_CA, or listen on 127.0.0.1. If that is what you want, set KINEMACOLOR_INSECURE=true.',
    );
  }
  if (tlsCertificate === undefined && tlsKey === undefined) {
    if (tlsClientCa === undefined) return ServerCredentials.createInsecure();
    throw wrongSetting(OF.authority, `${OF.certificate} and ${OF.key} are needed as well.`);
  }
  if (tlsCertificate === undefined || tlsKey === undefined) {
    throw wrongSetting(tlsKey === undefined ? OF.certificate : OF.key, `${OF.certificate} and ${OF.key} belong together.`); // prettier-ignore
  }
  const certificate = await readNamed(OF.certificate, tlsCertificate);
  const key = await readNamed(OF.key, tlsKey);
  const authority = tlsClientCa === undefined ? null : await readNamed(OF.authority, tlsClientCa);
  try {
    // gRPC would notice only when it listens.
    createSecureContext({ cert: certificate, key, ca: authority ?? undefined });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw wrongSetting(`${OF.certificate} and ${OF.key}`, `no certificate in PEM with its key (${said})`, error);
  }
  return ServerCredentials.createSsl(authority, [{ cert_chain: certificate, private_key: key }], authority !== null);
}

const OF = {
  certificate: 'KINEMACOLOR_TLS_CERTIFICATE',
  key: 'KINEMACOLOR_TLS_KEY',
  authority: 'KINEMACOLOR_TLS_CLIENT_CA',
};

/** Whether only this machine reaches an address. */
export function isLoopback(listen: string): boolean {
  if (listen.startsWith('unix:')) return true;
  const host = listen.slice(0, listen.lastIndexOf(':')).replaceAll(/[[\]]/g, '');
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
