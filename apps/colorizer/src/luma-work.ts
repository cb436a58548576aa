import { FrameId, LumaFrame, PassThrough } from '@kinemacolor/contracts';
import type { Lease } from '@kinemacolor/streaming';
import { nowUs, readTraceparent, TRACEPARENT, type SpanContext } from '@kinemacolor/telemetry';
import type { Batchable } from './batcher.js';

/** A frame that this process has to colour. */
export interface LumaWork extends Batchable {
  readonly lease: Lease;
  readonly id: FrameId;
  readonly frame: LumaFrame;
  readonly model: string;
  readonly version: string;
  /** When it was taken, microseconds since 1970. */
  readonly takenUs: number;
  /** Its span, where it is traced. */
  readonly trace: SpanContext | undefined;
}

/** A frame as it came. @throws Error when it is none */
export function readLuma(data: Uint8Array): { readonly id: FrameId; readonly frame: LumaFrame } {
  const frame = LumaFrame.decode(data);
  const { frame: id, width, height, luma } = frame;
  if (id === undefined || id.jobId === '') throw new Error('it does not say which frame it is');
  if (width < 1 || height < 1 || luma.byteLength !== width * height) {
    throw new Error(`it is ${width} × ${height} and has ${luma.byteLength} bytes`);
  }
  return { id, frame };
}

/** The span of the frame that a message brings, where it is traced. */
export const traceOf = ({ headers }: Lease): SpanContext | undefined => readTraceparent(headers.get(TRACEPARENT));

/** Frames that may be painted together. */
export const groupOf = (model: string, version: string, { width, height }: LumaFrame): string =>
  `${model}/${version}/${width}x${height}`;

/** Whether somebody has found already that it is not to be painted. */
export const isPassedThrough = ({ passThrough }: LumaFrame): boolean => passThrough !== PassThrough.UNSPECIFIED;

/** Whether a frame of a live stream has been shown without its colours by now. */
export const isLate = ({ expiresUs }: LumaFrame): boolean => expiresUs !== 0 && nowUs() > expiresUs;
