import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { Status } from 'nice-grpc';
import { afterEach, describe, expect, it } from 'vitest';
import { openClient, type Client, type ClientOptions, type Retry } from './index.js';
import { openFlakyLine, startTestService, type TestService, type TestServiceOptions } from './testing/index.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function service(options?: TestServiceOptions): Promise<TestService> {
  const started = await startTestService(options);
  open.push(started);
  return started;
}

function clientOf(options: ClientOptions): Client {
  const client = openClient({ retries: { firstDelayMs: 1 }, ...options });
  open.push(client);
  return client;
}

describe('every call', () => {
  it('carries the token, its trace context, and what the client adds', async () => {
    const { address, calls } = await service({ token: 'open sesame' });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const metadata = (method: string): Record<string, string> => ({
      'x-method': method,
      traceparent: 'from-the-client',
    });
    const client = clientOf({ address, token: 'open sesame', metadata });
    const { id } = await client.jobs.create({}, { traceparent, tracestate: 'vendor=1' });
    await client.jobs.get(id);
    expect(Object.fromEntries(calls[0]!.metadata)).toMatchObject({
      authorization: 'Bearer open sesame',
      traceparent,
      tracestate: 'vendor=1',
      'x-method': 'CreateJob',
    });
    expect(calls[1]!.metadata.get('traceparent')).toBe('from-the-client');
    await expect(clientOf({ address }).jobs.create()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is a part of the trace that is active, unless it is told another', async () => {
    const { address, calls } = await service();
    const client = clientOf({ address });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    try {
      const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
      const told = '00-11111111111111111111111111111111-2222222222222222-01';
      await context.with(trace.setSpanContext(ROOT_CONTEXT, span), async () => {
        await client.jobs.create();
        await client.jobs.create({}, { traceparent: told });
      });
      await client.jobs.create();
      const sent = calls.map(({ metadata }) => metadata.get('traceparent'));
      expect(sent).toEqual([`00-${span.traceId}-${span.spanId}-01`, told, undefined]);
    } finally {
      context.disable();
      propagation.disable();
    }
  });

  it('that is safe is made again after UNAVAILABLE, so often and no more, and after nothing else', async () => {
    const running = await service();
    const { address, calls } = running;
    const retries: Retry[] = [];
    const onRetry = (retry: Retry): void => void retries.push(retry);
    const client = clientOf({ address, retries: { attempts: 3, firstDelayMs: 1 }, onRetry });
    running.refuse('GetJob', 3);
    await expect(client.jobs.get('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(retries.map(({ method, attempt, error }) => [method, attempt, error.code])).toEqual([
      ['GetJob', 1, 'UNAVAILABLE'],
      ['GetJob', 2, 'UNAVAILABLE'],
      ['GetJob', 3, 'UNAVAILABLE'],
    ]);
    running.refuse('GetJob', 4);
    await expect(client.jobs.get('none')).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true });
    const before = calls.length;
    for (const code of [Status.RESOURCE_EXHAUSTED, Status.INTERNAL, Status.UNKNOWN]) {
      running.refuse('ListJobs', 1, code);
      await expect(client.jobs.list()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ retriable: false });
    }
    expect(calls.length - before).toBe(3);
  });

  it('ends at its deadline and at its signal', async () => {
    const { address, state } = await service();
    const client = clientOf({ address });
    state.hold();
    const { id } = await client.jobs.submit(new Uint8Array(10));
    const late = { code: 'DEADLINE_EXCEEDED', jobId: id };
    await expect(client.jobs.wait(id, { deadlineMs: 100 })).rejects.toMatchObject(late);
    const signal = AbortSignal.abort(new Error('no'));
    const stopped = { code: 'CANCELLED', message: 'Stopped on request.', cause: { message: 'no' } };
    await expect(client.jobs.get(id, { signal })).rejects.toMatchObject(stopped);
    await expect(client.jobs.create({}, { signal })).rejects.toMatchObject(stopped);
    const waiting = client.jobs.wait(id);
    client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED', message: 'The client was closed.' });
  });
});

it('a service that is not there is named, in plain words', async () => {
  const { port } = await service();
  const line = await openFlakyLine(port);
  await line.close();
  const client = clientOf({ address: line.address, retries: { attempts: 0 } });
  await expect(client.jobs.get('x')).rejects.toThrow(`Nothing listens at ${line.address}. Is the service running?`);
});

it('a name that is not known is told with what an address looks like', async () => {
  const client = clientOf({ address: 'http://x.invalid:1', retries: { attempts: 0 } });
  const words = 'The name of http://x.invalid:1 is not known. An address is HOST:PORT, or https://HOST:PORT for TLS.';
  await expect(client.jobs.get('x')).rejects.toThrow(words);
});
