import { ClientError as GrpcError, Status, type ClientMiddleware } from 'nice-grpc';
import { HungUp } from './secure-channel.js';
import { explainTls, hangsUp, speaksTls, wantsTls } from './tls-trouble.js';

/** No connection, and none the next time: something is set wrong. Its details are for a person. */
export class LastingTrouble extends GrpcError {}

/** What the channel knows of its connections. */
export interface Wire {
  readonly address: string;
  readonly host: string;
  /** undefined: not a port of a host. */
  readonly port: number | undefined;
  /** Whether it speaks TLS, and has a certificate of its own to show. */
  readonly tls: { readonly certificate: boolean } | undefined;
  /** What went wrong with the last connection by TLS. */
  readonly trouble: () => Error | undefined;
}

/** Tells what is set wrong about TLS from a service that is away: the one is not worth another try. Throws `LastingTrouble`. */
export function noticeTrouble(wire: Wire): ClientMiddleware {
  /** Something has answered: it is the right way of speaking. */
  let answered = false;
  const lasting = async (): Promise<string | undefined> => {
    const { address, host, port, tls } = wire;
    if (tls !== undefined) {
      const trouble = wire.trouble();
      if (trouble instanceof HungUp) return tls.certificate && !answered ? hangsUp(address) : undefined;
      return trouble === undefined ? undefined : explainTls(trouble, address, tls.certificate);
    }
    if (answered || port === undefined) return undefined;
    return (await speaksTls(host, port)) ? wantsTls(address) : undefined;
  };
  return async function* (call, options) {
    try {
      const answer = yield* call.next(call.request, options);
      answered = true;
      return answer;
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      if (error.code !== Status.UNAVAILABLE) {
        answered ||= error.code !== Status.CANCELLED && error.code !== Status.DEADLINE_EXCEEDED;
        throw error;
      }
      const why = await lasting();
      throw why === undefined ? error : new LastingTrouble(error.path, error.code, why);
    }
  };
}
