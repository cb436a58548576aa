import { goPrograms, sourcesHere } from './go-programs.mjs';

/** Jaeger, all in one process, whose query API a test asks for traces. Its pages are not in it. */
export const jaeger = goPrograms({
  name: 'Jaeger (for tests)',
  cure: 'The test that asks Jaeger for traces skips without it; install Go 1.25 or newer to have it run.',
  what: 'Jaeger',
  programs: ['kinemacolor-jaeger'],
  ...sourcesHere({
    folder: 'jaeger',
    program: 'kinemacolor-jaeger',
    package: 'github.com/jaegertracing/jaeger/cmd/all-in-one',
  }),
});
