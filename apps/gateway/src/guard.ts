import { errorFields, type Log } from '@kinemacolor/lifecycle';
import { aboutJob } from '@kinemacolor/telemetry';
import { ServerError, Status, type CallContext, type ServerMiddleware } from 'nice-grpc';
import { callStatus } from './call-status.js';
import type { OpenCalls, Parting } from './open-calls.js';
import type { Caller, Tokens } from './tokens.js';

/** What every call of ours knows besides its request. Its `signal` also fires when the service stops. */
export interface CallScope {
  readonly caller: Caller;
  /** Puts the job that the call is about into its line of the log, and its span. @param traceparent of the job, if it was made before */
  readonly about: (job: string, traceparent?: string) => void;
}

export type Context = CallContext & CallScope;

export interface GuardOptions {
  readonly calls: OpenCalls;
  /** undefined: everyone may call. */
  readonly tokens: Tokens | undefined;
  readonly log: Log;
}

const ANYONE: Caller = { name: '', mostJobs: undefined };

/** What every call goes through: it is counted, its token is looked at, and how it ended is one line of the log. */
export function guard({ calls, tokens, log }: GuardOptions): ServerMiddleware<CallScope> {
  return async function* guarded(call, context) {
    const { path, requestStream, responseStream } = call.method;
    const started = performance.now();
    const about: { method: string; token?: string; job?: string } = { method: path.replace(/^\//, '') };
    // What the generator's end without an answer or an error means.
    let status = new ServerError(Status.CANCELLED, 'The client is gone.');
    let signal = context.signal;
    let unexpected: unknown;
    try {
      const open = calls.open(partingOf(path, requestStream || responseStream), context.signal);
      try {
        signal = open.signal;
        const caller = isHealth(path) ? ANYONE : authenticate(tokens, context);
        if (caller.name !== '') about.token = caller.name;
        const aboutIt = (job: string, traceparent?: string): void => {
          about.job = job;
          aboutJob(job, traceparent);
        };
        const scope = { ...context, signal, caller, about: aboutIt };
        const answer = yield* call.next(call.request, scope);
        status = new ServerError(Status.OK, '');
        return answer;
      } finally {
        open.close();
      }
    } catch (error) {
      const known = callStatus(error, signal);
      if (known === undefined) unexpected = error;
      status = known ?? new ServerError(Status.INTERNAL, 'Something went wrong in the service; its log says what.');
      throw status;
    } finally {
      const line = { ...about, code: Status[status.code], ms: Math.round(performance.now() - started) };
      if (unexpected !== undefined) log.error({ ...line, ...errorFields(unexpected) }, 'call failed');
      else if (isHealth(path)) log.debug(line, 'call');
      else log.info(line, 'call');
    }
  };
}

const isHealth = (path: string): boolean => path.startsWith('/grpc.health.v1.');

const partingOf = (path: string, streams: boolean): Parting =>
  path.endsWith('/Colorize') ? 'finish' : streams ? 'resume' : 'answer';

/** @throws ServerError `UNAUTHENTICATED`, in the same words for no token and for a wrong one */
function authenticate(tokens: Tokens | undefined, { metadata }: CallContext): Caller {
  if (tokens === undefined) return ANYONE;
  const [, token] = /^Bearer ([\x21-\x7e]+)$/i.exec(metadata.get('authorization') ?? '') ?? [];
  const caller = token === undefined ? undefined : tokens.find(token);
  if (caller === undefined) {
    throw new ServerError(
      Status.UNAUTHENTICATED,
      'A valid token is needed, as metadata "authorization: Bearer TOKEN".',
    );
  }
  return caller;
}
