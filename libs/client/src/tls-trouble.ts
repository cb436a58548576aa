import { isIP } from 'node:net';
import { connect } from 'node:tls';

/** Codes of Node.js for a certificate of the server that is not believed. */
const NOT_TRUSTED = /^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE)/;
/** What a server says that wants a certificate, or another one. */
const REFUSES = /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)/;
/** What came back was no TLS. */
const NO_TLS = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE)/;
const AUTHORITY =
  'the PEM file of the authority that signed it as tls.ca (in the command: --ca FILE or KINEMACOLOR_CA)';

/**
 * What is wrong with a connection by TLS, and what to do, in whole sentences.
 * @param certificate whether this side has one to show
 * @returns undefined for what may pass by itself
 */
export function explainTls(trouble: Error, address: string, certificate: boolean): string | undefined {
  const { code = '', message } = trouble as NodeJS.ErrnoException;
  if (code === 'CERT_HAS_EXPIRED') {
    return `The certificate of ${address} has expired. Whoever runs the service has to renew it.`;
  }
  if (code === 'CERT_NOT_YET_VALID') return `The certificate of ${address} is not valid yet. Look at both clocks.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `The certificate of ${address} is for another name (${message}). Give the address by a name that is in it.`;
  }
  if (NOT_TRUSTED.test(code)) return `The certificate of ${address} is not trusted (${message}). Give ${AUTHORITY}.`;
  if (REFUSES.test(code)) {
    return certificate
      ? `The service at ${address} refuses our certificate (${code}). Give one that it trusts as tls.cert and tls.key (--cert, --key).`
      : `The service at ${address} wants a certificate of ours. Give it as tls.cert and tls.key (in the command: --cert FILE --key FILE).`;
  }
  if (NO_TLS.test(code)) {
    return `The service at ${address} does not speak TLS. Have it do so, or leave out https:// and the certificates (--ca, --cert, --key).`;
  }
  return undefined;
}

/** What to tell somebody on whom a server hangs up that has seen the certificate and has not said a word. */
export const hangsUp = (address: string): string =>
  `The service at ${address} hangs up when it has seen our certificate. Give one that it trusts as tls.cert and tls.key (--cert, --key).`;

/** What to tell somebody who spoke in the clear to a service with TLS. */
export const wantsTls = (address: string): string =>
  `The service at ${address} speaks TLS. Give its address as https://HOST:PORT and, unless its certificate is a public one, ${AUTHORITY}.`;

const PATIENCE_MS = 2_000;

/** Whether TLS is spoken there. Nothing is told to the server, and nothing of it is believed. */
export function speaksTls(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ...name, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    const answer = (speaks: boolean): void => {
      resolve(speaks);
      socket.destroy();
    };
    socket.setTimeout(PATIENCE_MS, () => {
      answer(false);
    });
    socket.once('secureConnect', () => {
      answer(true);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      answer(REFUSES.test(code ?? ''));
    });
    socket.once('close', () => {
      resolve(false);
    });
  });
}
