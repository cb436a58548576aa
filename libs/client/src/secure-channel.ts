import { isIP } from 'node:net';
import { connect, createSecureContext, type SecureContext } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { ChannelCredentials } from 'nice-grpc';
import { ClientError } from './client-error.js';
import type { TlsOptions } from './client-options.js';

type CreateConnector = ChannelCredentials['_createSecureConnector'];
type Connector = ReturnType<CreateConnector>;

/**
 * TLS as gRPC would speak it, but that it keeps what went wrong, which gRPC only tells in words among others, and names no
 * address of numbers as the server's name, which TLS does not allow.
 * @param host of the server, as its certificate has to name it
 * @param tell is given what went wrong with a connection, and undefined when another one is begun
 * @throws ClientError `INVALID_ARGUMENT` for certificates that cannot be used
 */
export function secureChannel(
  host: string,
  tls: TlsOptions,
  tell: (trouble: Error | undefined) => void,
): ChannelCredentials {
  return new SecureChannel(readContext(tls), host.replace(/^\[(.*)\]$/, '$1'), tell);
}

function readContext({ ca, cert, key }: TlsOptions): SecureContext {
  if ((cert === undefined) !== (key === undefined)) {
    throw new ClientError(
      'INVALID_ARGUMENT',
      'A certificate of the client needs its key, and the key its certificate.',
    );
  }
  try {
    // The context would take a text without any certificate, and then trust nobody.
    if (ca !== undefined) new X509Certificate(Buffer.from(ca));
    return createSecureContext({ ca: pem(ca), cert: pem(cert), key: pem(key) });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new ClientError('INVALID_ARGUMENT', `The certificates cannot be used: ${said}.`, { cause: error });
  }
}

const pem = (text: string | Uint8Array | undefined): Buffer | undefined =>
  text === undefined ? undefined : Buffer.from(text);

/** The server ended a connection that had been made. Its own trouble, or that it does not trust us: many do not say which. */
export class HungUp extends Error {
  override readonly name = 'HungUp';
}

class SecureChannel extends ChannelCredentials {
  readonly #inner: ChannelCredentials;

  constructor(
    private readonly context: SecureContext,
    private readonly host: string,
    private readonly tell: (trouble: Error | undefined) => void,
  ) {
    super();
    this.#inner = ChannelCredentials.createFromSecureContext(context);
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(...given: Parameters<CreateConnector>): Connector {
    const inner = this.#inner._createSecureConnector(...given);
    return {
      connect: (socket) => this.#connect(socket),
      waitForReady: () => inner.waitForReady(),
      getCallCredentials: () => inner.getCallCredentials(),
      destroy: () => {
        inner.destroy();
      },
    };
  }

  #connect(socket: Parameters<Connector['connect']>[0]): ReturnType<Connector['connect']> {
    const { context, host, tell } = this;
    tell(undefined);
    return new Promise((resolve, reject) => {
      let failed = false;
      const name = isIP(host) === 0 ? { servername: host } : {};
      const secure = connect({ socket, host, ...name, secureContext: context, ALPNProtocols: ['h2'] }, () => {
        secure.once('close', () => {
          if (!failed) tell(new HungUp('It hung up.'));
        });
        resolve({ socket: secure, secure: true });
      });
      // Also later: of a certificate that it does not like a server says so when the client is done.
      secure.on('error', (error: Error) => {
        failed = true;
        tell(error);
        reject(error);
      });
    });
  }
}
