/** The process that our sides run in. */
export const STEP_FILE = 'cyclegan/step-process';
