import { errors } from '@nats-io/transport-node';

/** Why there is no connection, and whether another try may help. */
export interface ConnectFailure {
  /** Whole sentences for a person, the last of which says what to do. */
  readonly why: string;
  readonly mayPass: boolean;
}

/** Codes of Node.js for a certificate of the server that is not believed. */
const NOT_TRUSTED = /^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_TLS_CERT)/;
/** Some commands have a flag for it as well. */
export const URLS = 'KINEMACOLOR_NATS (or --nats)';
const OWN = 'KINEMACOLOR_NATS_CERTIFICATE and KINEMACOLOR_NATS_KEY';

/**
 * @param error what the NATS library threw
 * @param given whether this side has shown a login, and a certificate
 */
export function explainFailure(error: unknown, given: { login: boolean; certificate: boolean }): ConnectFailure {
  const { name, message, code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  const never = (why: string): ConnectFailure => ({ why, mayPass: false });
  if (isRefusedLogin(error)) {
    return never(
      given.login
        ? `It refuses these credentials. Correct the user and password in ${URLS}, or the file that KINEMACOLOR_NATS_CREDENTIALS names.`
        : `It wants credentials. Put them into ${URLS}, as in nats://USER:PASSWORD@HOST:PORT, or name their file in KINEMACOLOR_NATS_CREDENTIALS.`,
    );
  }
  if (isAlert(error)) {
    return never(
      given.certificate
        ? `It refuses our certificate. Name one that it trusts in ${OWN}.`
        : `It wants a certificate of ours. Name one in ${OWN}.`,
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return never(`Its certificate is for another name (${message}). Name it in ${URLS} as its certificate does.`);
  }
  if (NOT_TRUSTED.test(code ?? '')) {
    return never(
      `Its certificate is not trusted (${message}). Name the authority that signed it in KINEMACOLOR_NATS_CA.`,
    );
  }
  if (/does not support 'tls'/.test(message)) {
    return never('It does not speak TLS. Have it do so, or leave out KINEMACOLOR_NATS_CA and the like.');
  }
  if (/PEM routines|key values mismatch|doesn't exist/.test(message)) {
    return never(`${message}. Correct the file that KINEMACOLOR_NATS_CA, ${OWN} name.`);
  }
  return {
    why: `${message}. Start it, or name another one in ${URLS}.`,
    mayPass: /connection refused|ECONNREFUSED|timeout/i.test(`${name} ${message}`),
  };
}

/** Too slow to tell who one is may be quicker the next time; a wrong password stays wrong. */
const isRefusedLogin = (error: unknown): boolean =>
  error instanceof errors.UserAuthenticationExpiredError ||
  (error instanceof errors.AuthorizationError && !/timeout/i.test(error.message));

/** The other side has ended the handshake of TLS, since it did not like what it was shown. */
export const isAlert = (error: unknown): boolean =>
  error instanceof Error && /^ERR_SSL_.*ALERT/.test((error as NodeJS.ErrnoException).code ?? '');
