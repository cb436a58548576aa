import type { ColorizeRequest, ColorizeResponse, DeepPartial } from '@kinemacolor/contracts';
import { openSource, type ByteSource, type OpenSource } from './byte-source.js';
import { ClientError } from './client-error.js';
import type { CallOptions } from './client-options.js';
import type { Colorization, ColorizationPart, Preview } from './colorization.js';
import { toLive, toSettings, type ColorizeOptions, type LiveSource } from './colorize-options.js';
import type { Connection } from './connection.js';
import { endingOf, toJob, toProgress, type Job, type Progress } from './job.js';
import { reading } from './reading.js';
import { openScope } from './scope.js';
import { settled } from './settled.js';

export interface StreamOptions extends ColorizeOptions, CallOptions {
  readonly live?: LiveSource | undefined;
  readonly onStarted?: ((job: Job) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onPreview?: ((preview: Preview) => void) | undefined;
}

/** One film as a stream, both ways at once. See `Colorization`. @throws ClientError `INVALID_ARGUMENT` for unknown words */
export function colorize(connection: Connection, source: ByteSource, options: StreamOptions = {}): Colorization {
  const { label = '' } = options;
  const first = { settings: toSettings(options), live: toLive(options.live), label };
  const scope = openScope(connection, options);
  const outcome = settled<Job>();
  const opened = openSource(source);
  scope.signal.addEventListener('abort', () => {
    opened.stop();
    outcome.reject(scope.stopped());
  });

  async function* parts(): AsyncGenerator<ColorizationPart, void, undefined> {
    let job: Job | undefined;
    let received = 0;
    try {
      for await (const { part } of connection.stub.colorize(requests(first, opened), scope.options())) {
        const told = toPart(part);
        if (told === undefined) continue;
        if (told.kind === 'result') received += told.bytes.length;
        if (told.kind === 'started') scope.name(told.job.id);
        if (told.kind === 'finished') {
          job = wholeJob(told.job, received);
          // Its source was cut off: what could be read of it has all come.
          if (job.state !== 'succeeded') continue;
        }
        tell(told, options);
        yield told;
      }
      if (job === undefined) throw new ClientError('DATA_LOSS', 'The stream ended before the film did.');
      if (job.state !== 'succeeded') throw endingOf(job);
      outcome.resolve(job);
    } catch (error) {
      const seen = withoutRepetition(scope.error(error));
      outcome.reject(seen);
      throw seen;
    } finally {
      // Only where the reader left early has nothing else settled it.
      outcome.reject(new ClientError('CANCELLED', 'The reading was ended before the film was.'));
      opened.stop();
      scope.done();
    }
  }

  const stop = (): void => {
    scope.stop(new ClientError('CANCELLED', 'The reading was ended.'));
    scope.done();
  };
  return reading({ parts: parts(), finished: outcome.promise, stop });
}

async function* requests(
  options: DeepPartial<Extract<ColorizeRequest['part'], { $case: 'options' }>['value']>,
  source: OpenSource,
): AsyncGenerator<DeepPartial<ColorizeRequest>, void, undefined> {
  yield { part: { $case: 'options', value: options } };
  for await (const value of source.bytes()) yield { part: { $case: 'source', value } };
}

/** `undefined` for a part that this version does not know. */
function toPart(part: ColorizeResponse['part']): ColorizationPart | undefined {
  switch (part?.$case) {
    case 'started':
      return { kind: 'started', job: toJob(part.value) };
    case 'progress':
      return { kind: 'progress', progress: toProgress(part.value) };
    case 'preview':
      return { kind: 'preview', preview: { frame: part.value.frame, picture: part.value.picture } };
    case 'result':
      return { kind: 'result', bytes: part.value };
    case 'finished':
      return { kind: 'finished', job: toJob(part.value) };
    case undefined:
      return undefined;
  }
}

function tell(part: ColorizationPart, { onStarted, onProgress, onPreview }: StreamOptions): void {
  if (part.kind === 'started') onStarted?.(part.job);
  if (part.kind === 'progress') onProgress?.(part.progress);
  if (part.kind === 'preview') onPreview?.(part.preview);
}

/** A film that lacks bytes is no success. */
function wholeJob(job: Job, received: number): Job {
  if (job.resultBytes === received) return job;
  const words = `The film has ${job.resultBytes} bytes, of which ${received} came.`;
  throw new ClientError('DATA_LOSS', words, { jobId: job.id });
}

function withoutRepetition(error: unknown): unknown {
  if (!(error instanceof ClientError) || !error.retriable) return error;
  const words =
    'A stream is not tried again by itself, as its source has been read: colorize anew, or submit a job, which outlives lost connections and restarts of the service.';
  return new ClientError(error.code, `${error.message} ${words}`, { jobId: error.jobId, cause: error.cause });
}
