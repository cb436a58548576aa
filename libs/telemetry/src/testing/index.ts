export { findCollector, startCollector, type Collector } from './collector.js';
export { type Attributes, type ReceivedLog, type ReceivedMetric, type ReceivedSpan } from './otlp.js';
export { startServer, type Server, type ServerOptions } from './server.js';
