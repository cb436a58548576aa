import { ColorizationServiceDefinition } from '@kinemacolor/contracts';
import { createServer, ServerError, Status, type ServerMiddleware } from 'nice-grpc';
import { testCalls } from './test-calls.js';
import type { TestJob } from './test-job.js';
import { TestState } from './test-state.js';

/** One call that came in: its name and its metadata. */
export interface SeenCall {
  readonly method: string;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * The Colorization service in memory, faithful to the contract but for the colours: a result is its source with every byte
 * turned over. For tests of what calls it.
 */
export interface TestService {
  readonly port: number;
  readonly address: string;
  readonly jobs: ReadonlyMap<string, TestJob>;
  readonly calls: readonly SeenCall[];
  /** What is taken in, given out, held, and made to fail. */
  readonly state: TestState;
  /** The next calls of this name fail, with UNAVAILABLE unless told otherwise. */
  refuse(method: string, times: number, code?: Status): void;
  close(): void;
}

export interface TestServiceOptions {
  /** Asked for in every call. */
  readonly token?: string;
  readonly credentials?: Parameters<ReturnType<typeof createServer>['listen']>[1];
  /** Most bytes of one source. */
  readonly mostBytes?: number;
}

export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const { token, credentials, mostBytes = Infinity } = options;
  const state = new TestState(mostBytes);
  const calls: SeenCall[] = [];
  const refusals: { readonly method: string; readonly code: Status }[] = [];

  const gatekeeper: ServerMiddleware = async function* (call, context) {
    const method = call.method.path.slice(call.method.path.lastIndexOf('/') + 1);
    const metadata = new Map([...context.metadata].map(([name, values]) => [name, values.map(String).join(', ')]));
    calls.push({ method, metadata });
    const refused = refusals.findIndex((refusal) => refusal.method === method);
    if (refused !== -1) throw new ServerError(refusals.splice(refused, 1)[0]!.code, 'Not now.');
    if (token !== undefined && metadata.get('authorization') !== `Bearer ${token}`) {
      throw new ServerError(Status.UNAUTHENTICATED, 'The token is missing or not known.');
    }
    return yield* call.next(call.request, context);
  };

  const server = createServer().use(gatekeeper);
  server.add(ColorizationServiceDefinition, testCalls(state));
  const port = await server.listen('127.0.0.1:0', credentials);
  return {
    port,
    address: `127.0.0.1:${port}`,
    jobs: state.jobs,
    calls,
    state,
    refuse: (method, times, code = Status.UNAVAILABLE) => {
      for (let i = 0; i < times; i++) refusals.push({ method, code });
    },
    close: () => {
      state.go();
      server.forceShutdown();
    },
  };
}
