import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ClientError } from '@kinemacolor/client/client-error';
import { DatasetError } from '@kinemacolor/dataset';
import { ModelStoreError } from '@kinemacolor/jobs';
import { MediaError, type MediaErrorCode } from '@kinemacolor/media';
import { ModelError } from '@kinemacolor/models/model-error';
import { PipelineError } from '@kinemacolor/pipeline';
import { StreamingError } from '@kinemacolor/streaming';
import { TensorError } from '@kinemacolor/tensor/tensor-error';
import { TrainingError } from '@kinemacolor/training/training-error';
import { EXIT, exitCodeOf } from './exit-code.js';
import { UsageError } from './usage-error.js';

describe('exitCodeOf', () => {
  it.each<[MediaErrorCode, number]>([
    ['NOT_FOUND', 3],
    ['NOT_MEDIA', 4],
    ['FORBIDDEN_FORMAT', 4],
    ['TRUNCATED', 5],
    ['OUTPUT_UNWRITABLE', 6],
    ['DISK_FULL', 7],
    ['FFMPEG_MISSING', 9],
    ['FFMPEG_FAILED', 1],
  ])('gives media’s %s the code %i', (code, exitCode) => {
    expect(exitCodeOf(new MediaError(code, 'x'))).toBe(exitCode);
  });

  it('tells a missing engine from a wrong word, a bad model from a bug', () => {
    expect(exitCodeOf(new TensorError('ENGINE_MISSING', 'x'))).toBe(9);
    expect(exitCodeOf(new TensorError('BAD_DEVICE', 'x'))).toBe(2);
    expect(exitCodeOf(new ModelError('CORRUPT', 'x'))).toBe(8);
    expect(exitCodeOf(new ModelError('OCCUPIED', 'x'))).toBe(2);
    expect(exitCodeOf(new ModelError('WRITE_FAILED', 'x'))).toBe(6);
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    expect(exitCodeOf(new ModelError('WRITE_FAILED', 'x', { cause: full }))).toBe(7);
    for (const code of ['NOT_A_MODEL', 'TOO_LARGE', 'MISSING', 'CORRUPT'] as const) expect(exitCodeOf(new ModelStoreError(code, 'x'))).toBe(8); // prettier-ignore
    for (const code of ['BAD_NAME', 'TAKEN'] as const) expect(exitCodeOf(new ModelStoreError(code, 'x'))).toBe(2);
    expect(exitCodeOf(new TrainingError('WRITE_FAILED', 'x'))).toBe(6);
    for (const code of ['WRITE_FAILED', 'BAD_RUN'] as const) expect(exitCodeOf(new TrainingError(code, 'x', { cause: full }))).toBe(7); // prettier-ignore
    expect(exitCodeOf(new PipelineError('ABORTED', 'x'))).toBe(130);
    expect(exitCodeOf(new PipelineError('JOURNAL_MISMATCH', 'x'))).toBe(2);
    expect(exitCodeOf(new UsageError('x', 3))).toBe(3);
    expect(exitCodeOf(new DatasetError('OCCUPIED', 'x'))).toBe(2);
    expect(exitCodeOf(new DatasetError('NO_PICTURES', 'x'))).toBe(3);
    expect(exitCodeOf(new TypeError('a bug'))).toBe(1);
  });

  it('tells a service that is away from one that refuses, and a wrong film from wrong words', () => {
    const jobId = 'a job';
    expect(exitCodeOf(new ClientError('UNAVAILABLE', 'x'))).toBe(10);
    expect(exitCodeOf(new StreamingError('NOT_CONNECTED', 'x'))).toBe(10);
    expect(exitCodeOf(new StreamingError('SERVER_MISSING', 'x'))).toBe(9);
    expect(exitCodeOf(new StreamingError('SERVER_FAILED', 'x'))).toBe(1);
    expect(exitCodeOf(new ClientError('UNAUTHENTICATED', 'x'))).toBe(11);
    expect(exitCodeOf(new ClientError('RESOURCE_EXHAUSTED', 'x', { jobId }))).toBe(11);
    expect(exitCodeOf(new ClientError('INVALID_ARGUMENT', 'x'))).toBe(2);
    expect(exitCodeOf(new ClientError('INVALID_ARGUMENT', 'x', { jobId }))).toBe(4);
    expect(exitCodeOf(new ClientError('NOT_FOUND', 'x', { jobId }))).toBe(3);
    expect(exitCodeOf(new ClientError('ABORTED', 'x', { jobId }))).toBe(2);
    expect(exitCodeOf(new ClientError('CANCELLED', 'x', { jobId }))).toBe(1);
  });

  it('has every code in the README', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    for (const code of Object.values(EXIT)) expect(readme).toMatch(new RegExp(`^\\| [^|]*\\b${code}\\b`, 'm'));
  });
});
