import type { ServerMiddleware } from 'nice-grpc';
import { openTelemetryServerMiddleware } from 'nice-grpc-opentelemetry';

/** A span for each call, below that of the client if it says which; none for health checks, which come all the time. */
export function traceCalls(): ServerMiddleware {
  const traced = openTelemetryServerMiddleware();
  return (call, context) =>
    call.method.path.startsWith('/grpc.health.v1.') ? call.next(call.request, context) : traced(call, context);
}
