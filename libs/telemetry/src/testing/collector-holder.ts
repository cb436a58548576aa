import { startCollector } from './collector.js';

/*
 * A process that starts a collector, tells its process id, and holds it until it is killed.
 *
 *     node collector-holder.js FOLDER
 */
const collector = await startCollector(process.argv[2]!);
process.send!(collector!.pid);
setInterval(() => undefined, 1000);
