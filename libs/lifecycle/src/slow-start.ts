/** What may take a service long when it starts, beyond what every service needs. */
export interface SlowStart {
  /** How long at most, milliseconds. */
  readonly ms: number;
  /** Variable that allows more. */
  readonly setting: string;
}

/** What a service says to the process that started it, before it begins with what may take long. */
export interface SlowStartMessage {
  readonly kind: 'slow start';
  readonly slow: SlowStart;
}

/** How long one is waited for, and what can be done about it: its own word for why is in its log, if it has come to one. */
export function notReady(name: string, afterMs: number, slow?: SlowStart): string {
  const more = slow === undefined ? '' : `, or allow more time with ${slow.setting}`;
  return `${name} was not ready after ${afterMs / 1000} s. Look into its log; try again when the machine has less to do${more}.`;
}
