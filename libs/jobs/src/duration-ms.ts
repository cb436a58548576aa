import type { Duration } from '@kinemacolor/contracts';

/** A span of time as the wire has it, in milliseconds. */
export const durationMs = ({ seconds, nanos }: Duration): number => seconds * 1000 + nanos / 1e6;
