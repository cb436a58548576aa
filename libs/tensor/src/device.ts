import { TensorError } from './tensor-error.js';

/** What a user may ask for: `auto` takes a GPU when the GPU build is set up and a device is visible, else the CPU. */
export type DeviceChoice = 'cpu' | 'gpu' | 'auto';
/** What the engine runs on. */
export type Device = 'cpu' | 'gpu';

const CHOICES: readonly string[] = ['cpu', 'gpu', 'auto'];

/**
 * Reads the device from a flag or, when that is absent, from `KINEMACOLOR_DEVICE` (an empty variable counts as not
 * set); the default is `auto`.
 * @throws TensorError `BAD_DEVICE` when the word is none of cpu, gpu, auto.
 */
export function parseDevice(flag: string | undefined, env: NodeJS.ProcessEnv = process.env): DeviceChoice {
  const variable = env['KINEMACOLOR_DEVICE'];
  const word = flag ?? (variable === undefined || variable === '' ? 'auto' : variable);
  if (!CHOICES.includes(word)) {
    throw new TensorError(
      'BAD_DEVICE',
      `"${word}" is not a device: use cpu, gpu or auto (KINEMACOLOR_DEVICE, --device).`,
    );
  }
  return word as DeviceChoice;
}
