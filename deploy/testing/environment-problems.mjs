import { colorizerSettings } from '../../apps/colorizer/src/config.ts';
import { decoderSettings } from '../../apps/decoder/src/config.ts';
import { encoderSettings } from '../../apps/encoder/src/config.ts';
import { gatewaySettings } from '../../apps/gateway/src/config.ts';

/** The settings of the services, as they read them themselves. */
export const SETTINGS = {
  gateway: gatewaySettings,
  decoder: decoderSettings,
  colorizer: colorizerSettings,
  encoder: encoderSettings,
};

/** What Node, CUDA, npm and the like read. */
const OTHERS = /^(OTEL_[A-Z_]+|NODE_ENV|XDG_CACHE_HOME|CUDA_CACHE_PATH|NVIDIA_DRIVER_CAPABILITIES)$/;

/**
 * What is wrong with the variables that a service is given: names that it does not read, values that it refuses.
 *
 * @param {keyof typeof SETTINGS} service
 * @param {Readonly<Record<string, string>>} env
 * @returns {string[]}
 */
export function environmentProblems(service, env) {
  const known = new Set(SETTINGS[service].markdown().match(/(?<=`)KINEMACOLOR_\w+/g));
  const unknown = Object.keys(env)
    .filter((name) => !known.has(name) && !OTHERS.test(name))
    .map((name) => `${service} does not read ${name}.`);
  try {
    SETTINGS[service].parse({ env });
    return unknown;
  } catch (error) {
    return [...unknown, `${service}: ${error.message}`];
  }
}
