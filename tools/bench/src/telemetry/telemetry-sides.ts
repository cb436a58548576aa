/** What the services are told of telemetry in one side of the comparison. */
export interface TelemetrySide {
  readonly name: string;
  /** Share of the frames that are traced, 0..1; undefined: no telemetry at all. */
  readonly share?: number;
  /** Where it is sent. */
  readonly to?: 'collector' | 'nobody';
  /** Least that the throughput may be, as a share of the one without telemetry. */
  readonly least?: number;
  /** Most that making and sending alone may take, as a share of what the services take without; undefined: not taken alone. */
  readonly most?: number;
}

/** The first one is what the others are held against. */
export const SIDES: readonly TelemetrySide[] = [
  { name: 'off' },
  { name: '1 % of frames', share: 0.01, to: 'collector', least: 0.995, most: 0.005 },
  { name: 'all frames', share: 1, to: 'collector', least: 0.97, most: 0.03 },
  { name: 'all frames, collector away', share: 1, to: 'nobody', least: 0.995 },
];

/** Loopback, the port `discard`, where nobody listens. */
export const NOBODY = { host: '127.0.0.1', port: 9 } as const;

/**
 * The settings of a side for its services: traces, metrics and logs with OpenTelemetry's own defaults. What this process has of
 * its own is taken away, so that `off` is off and the others are the same on every machine.
 * @param endpoint of the collector
 */
export function sideEnvironment(
  { share, to }: TelemetrySide,
  endpoint: string | undefined,
  inherited: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const named = Object.keys(inherited).filter((key) => key.startsWith('OTEL_') || key === 'KINEMACOLOR_TRACE_FRAMES');
  const cleared = Object.fromEntries(named.map((key) => [key, '']));
  if (share === undefined) return cleared;
  const address = to === 'collector' ? endpoint : `http://${NOBODY.host}:${NOBODY.port}`;
  if (address === undefined) throw new TypeError('This side needs a collector.');
  return { ...cleared, OTEL_EXPORTER_OTLP_ENDPOINT: address, KINEMACOLOR_TRACE_FRAMES: String(share) };
}
