/** Frames of ours, of tfjs and of Node itself are not where the caller looks. */
const NOT_THE_CALLER =
  /node_modules[\\/]@tensorflow|node:internal|\(<anonymous>\)|[\\/]libs[\\/]compile[\\/](src|dist)[\\/](?!.*\.spec\.)/;

/** Where the caller's code is at this moment, such as ` at lossOf (/app/loss.ts:12:9)`; empty when no frame is the caller's. */
export function callerPlace(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = '' } = new Error('place');
  Error.stackTraceLimit = limit;
  const frame = stack.split('\n').slice(1).find((line) => !NOT_THE_CALLER.test(line)); // prettier-ignore
  return frame === undefined ? '' : ` ${frame.trim()}`;
}
