export { openFlakyLine, type FlakyLine } from './flaky-line.js';
export { startTestService, type SeenCall, type TestService, type TestServiceOptions } from './test-service.js';
export { turned, type TestJob } from './test-job.js';
