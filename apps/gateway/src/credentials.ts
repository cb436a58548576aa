import { readFile } from 'node:fs/promises';
import { ServerCredentials } from '@grpc/grpc-js';
import type { GatewayConfig } from './config.js';

type Given = Pick<GatewayConfig, 'listen' | 'tokens' | 'insecure' | 'tlsCertificate' | 'tlsKey' | 'tlsClientCa'>;

/**
 * What the server shows and wants of a connection.
 * @throws Error when it would be open to a network by oversight, or a file is missing
 */
export async function serverCredentials(given: Given): Promise<ServerCredentials> {
  const { listen, tokens, insecure, tlsCertificate, tlsKey, tlsClientCa } = given;
  if (tokens === undefined && tlsClientCa === undefined && !insecure && !isLoopback(listen)) {
    throw new Error(
      `${listen} can be reached by others, who could use the service without a token: give --tokens FILE, or --tls-client-ca FILE, or listen on 127.0.0.1. If that is what you want, say --insecure.`,
    );
  }
  if (tlsCertificate === undefined && tlsKey === undefined) {
    if (tlsClientCa === undefined) return ServerCredentials.createInsecure();
    throw new Error('--tls-client-ca needs --tls-certificate and --tls-key as well.');
  }
  if (tlsCertificate === undefined || tlsKey === undefined) {
    throw new Error('--tls-certificate and --tls-key belong together.');
  }
  const [certificate, key] = await Promise.all([readFile(tlsCertificate), readFile(tlsKey)]);
  const authority = tlsClientCa === undefined ? null : await readFile(tlsClientCa);
  return ServerCredentials.createSsl(authority, [{ cert_chain: certificate, private_key: key }], authority !== null);
}

/** Whether only this machine reaches an address. */
export function isLoopback(listen: string): boolean {
  if (listen.startsWith('unix:')) return true;
  const host = listen.slice(0, listen.lastIndexOf(':')).replaceAll(/[[\]]/g, '');
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
