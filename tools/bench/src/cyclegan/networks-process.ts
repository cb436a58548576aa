import { loadBackend } from '@kinemacolor/tensor';
import { buildNetworks, writeNetworks } from './networks.js';

/*
 * Saves the networks of a CycleGAN with random weights.
 *
 *     node networks-process.js FOLDER WIDTH
 */
const [folder, width] = process.argv.slice(2) as [string, string];
await loadBackend('cpu');
await writeNetworks(folder, buildNetworks(Number(width)));
