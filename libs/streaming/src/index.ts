export { answers } from './answers.js';
export { openBus, type Bus, type BusOptions } from './bus.js';
export { busOptions, natsOptions, natsSettings, type NatsAddress, type NatsValues } from './nats-settings.js';
export { connectNats, type NatsOptions } from './connect.js';
export { endQueue, takeLeases, type Lease, type LeaseOptions } from './leases.js';
export { withoutSecrets } from './server-urls.js';
export { findNatsServer } from './server/find-nats-server.js';
export { diskBytes } from './server/configuration.js';
export {
  endLeftServer,
  startNatsServer,
  type NatsLogin,
  type NatsServer,
  type NatsServerOptions,
} from './server/nats-server.js';
export { StreamingError, type StreamingErrorCode } from './streaming-error.js';
export { countMessages, ensureStreams, forgetJob, jobsIn, LARGEST_MESSAGE, type StreamOptions } from './streams.js';
export { jobOf, KINDS, streamOf, subjectOf, type Kind } from './subjects.js';
export { publishInWindow, type Outgoing } from './windowed-publish.js';
export { openRecords, type RecordCodec, type Records, type RecordsOptions, type Versioned } from './records.js';
export {
  keptBytes,
  LARGEST_CHUNK,
  openByteWriter,
  readBytes,
  type ByteKind,
  type ByteWriter,
  type ReadBytesOptions,
  type Kept,
} from './byte-log.js';
export { despiteAbsence, isAway } from './is-away.js';
export { isGone, wentAway } from './not-connected.js';
export { lastEntry, openLogWriter, readLog, type LogEntry, type LogWriter } from './message-log.js';
export { InFlight } from './in-flight.js';
export { waitingIn } from './waiting.js';
