export { mainOf, startServices, type Services, type ServicesOptions } from './start-services.js';
export type { KeptServer } from './kept-server.js';
export { readNatsUrl } from './nats-url.js';
