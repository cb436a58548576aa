import { goPrograms, sourcesHere } from './go-programs.mjs';

/** The OpenTelemetry Collector of `tools/collector`, which tests send telemetry to. */
export const collector = goPrograms({
  name: 'OpenTelemetry Collector (for tests)',
  cure: 'Tests of telemetry skip what a collector would have received; install Go 1.25 or newer to have them run.',
  what: 'an OpenTelemetry Collector',
  programs: ['kinemacolor-collector'],
  ...sourcesHere({ folder: 'collector', program: 'kinemacolor-collector', package: '.' }),
});
