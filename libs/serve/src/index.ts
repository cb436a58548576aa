export { mainOf, startServices, type Services, type ServicesOptions } from './start-services.js';
export { StartFailed, type Failure } from '@kinemacolor/lifecycle';
export type { KeptServer } from './kept-server.js';
export { readNatsUrl } from './nats-url.js';
