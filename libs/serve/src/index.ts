export { mainOf, startServices, type Services, type ServicesOptions } from './start-services.js';
