import { keepServer } from '../kept-server.js';

/*
 * A process that keeps a NATS server in a folder until it is killed, and says its process.
 *
 *     node keeper-main.js FOLDER
 */
const server = await keepServer(process.argv[2]!, () => undefined);
process.send!(server.pid);
