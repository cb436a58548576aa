/** `BAD_SETTINGS`: what the user gave; `BAD_DEFINITION`: what the program defined. */
export type ConfigErrorCode = 'BAD_SETTINGS' | 'BAD_DEFINITION';

/** Every error that this package throws. The message lists all problems, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(
    readonly code: ConfigErrorCode,
    /** One line for each thing that is wrong; never empty. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    const many = problems.length > 1 ? `${problems.length} settings are wrong` : 'A setting is wrong';
    super([`${many}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'), options);
  }

  /** Wraps anything that was thrown; a ConfigError passes unchanged. */
  static from(thrown: unknown): ConfigError {
    if (thrown instanceof ConfigError) return thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return new ConfigError('BAD_SETTINGS', [reason], { cause: thrown });
  }
}
