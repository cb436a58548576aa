/*
 * Every name that leaves these services as telemetry: dashboards, alert rules and people's queries are made of them, so a name
 * that is here stays. They follow OpenTelemetry's conventions: units by UCUM, seconds for time, no unit in a name.
 */

/** Attributes of spans, metrics and log lines. */
export const ATTRIBUTES = {
  job: 'kinemacolor.job.id',
  frame: 'kinemacolor.frame.index',
  epoch: 'kinemacolor.frame.epoch',
  shot: 'kinemacolor.shot',
  model: 'kinemacolor.model.name',
  modelVersion: 'kinemacolor.model.version',
  stage: 'kinemacolor.stage',
  batchSize: 'kinemacolor.batch.size',
  queue: 'kinemacolor.queue',
  state: 'kinemacolor.job.state',
  code: 'rpc.grpc.status_code',
} as const;

/**
 * Where a frame's time goes, in order. Each stage begins where the one before it ends, so together they are the whole.
 * What a stage is, for a person: README.
 */
export const STAGES = [
  'decode',
  'window',
  'queue',
  'batch',
  'infer',
  'deliver',
  'reorder',
  'merge',
  'encode',
  'keep',
] as const;

export type Stage = (typeof STAGES)[number];

/** Spans. A job's is the root, or a child of its client's; a frame's is a child of the job's; the stages are children of the frame's. */
export const SPANS = {
  job: 'kinemacolor.job',
  frame: 'kinemacolor.frame',
  batch: 'kinemacolor.batch',
  /** A call at the gateway; the library that makes it puts the names of service and method there. */
  call: 'kinemacolor.v1.SERVICE/METHOD',
  stage: (stage: Stage): string => `kinemacolor.frame.${stage}`,
} as const;

export type MetricKind = 'counter' | 'histogram' | 'gauge';

export interface MetricName<Kind extends MetricKind = MetricKind> {
  readonly name: string;
  readonly kind: Kind;
  /** By UCUM; things counted in braces. */
  readonly unit: string;
  readonly description: string;
  /** Keys of `ATTRIBUTES`. Never a job's id: every job would be a time series of its own. */
  readonly attributes: readonly (keyof typeof ATTRIBUTES)[];
}

const metric = <Kind extends MetricKind>(
  name: string,
  kind: Kind,
  unit: string,
  description: string,
  attributes: MetricName['attributes'] = [],
): MetricName<Kind> => ({ name: `kinemacolor.${name}`, kind, unit, description, attributes });

/** Metrics. The service that tells one is the resource's `service.name`. */
export const METRICS = {
  framesIn: metric('frames.in', 'counter', '{frame}', 'Frames that a service took up'),
  framesOut: metric('frames.out', 'counter', '{frame}', 'Frames that a service passed on'),
  framesRedelivered: metric(
    'frames.redelivered',
    'counter',
    '{frame}',
    'Frames that a colorizer got which another had before',
  ),
  framesDuplicate: metric('frames.duplicate', 'counter', '{frame}', 'Frames that were there already, and dropped'),
  framesRemade: metric(
    'frames.remade',
    'counter',
    '{time}',
    'Times that frames of a job were decoded again, since some were lost or its encoder was',
  ),
  framesGrey: metric('frames.grey', 'counter', '{frame}', 'Frames that stayed grey since no colorizer survived them'),
  framesHeld: metric(
    'frames.held',
    'counter',
    '{frame}',
    'Frames of live streams that kept the colours before them, because theirs were late',
  ),
  framesPoison: metric('frames.poison', 'counter', '{frame}', 'Frames that were given up'),
  frameStage: metric('frame.stage.duration', 'histogram', 's', 'Time of a frame in one stage', ['stage']),
  frameWhole: metric(
    'frame.duration',
    'histogram',
    's',
    'Time of a frame from the beginning of its decoding to the end of its segment',
  ),
  batchSize: metric('batch.size', 'histogram', '{frame}', 'Frames of one call of the generator', ['model']),
  queueDepth: metric('queue.depth', 'gauge', '{message}', 'Messages of a queue that nobody has taken yet', ['queue']),
  jobsActive: metric('jobs.active', 'gauge', '{job}', 'Jobs that have not ended', ['state']),
  jobsEnded: metric('jobs.ended', 'counter', '{job}', 'Jobs that ended', ['state', 'code']),
  shotColourfulness: metric(
    'shot.colourfulness',
    'histogram',
    '1',
    'Colourfulness of a shot after Hasler and Süsstrunk: 0 is grey, 15 slight, 45 quite colourful',
    ['model', 'modelVersion'],
  ),
  shotFlicker: metric(
    'shot.flicker',
    'histogram',
    '{level}',
    'Mean change of the chroma of pixels that stood still, from frame to frame, in 8-bit levels',
    ['model', 'modelVersion'],
  ),
} as const satisfies Record<string, MetricName>;
