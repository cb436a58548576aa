/** What stopped the set-up, why, and what the user can do about it. Printed without a stack trace. */
export class SetupError extends Error {
  /**
   * @param {string} reason what was wrong, naming the file or command
   * @param {string} cure what to do
   * @param {{ cause?: unknown, code?: 'failed' | 'interrupted' | 'integrity' }} [options]
   */
  constructor(reason, cure, options = {}) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SetupError';
    this.cure = cure;
    this.code = options.code ?? 'failed';
  }

  /**
   * @param {unknown} error
   * @returns {SetupError}
   */
  static from(error) {
    if (error instanceof SetupError) return error;
    const { message, code, path } = /** @type {NodeJS.ErrnoException} */ (
      error instanceof Error ? error : new Error(String(error))
    );
    if (code === 'ENOSPC') return new SetupError(`The disk is full: ${message}`, 'Free some space, then run it again.');
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      return new SetupError(
        `No permission to write ${path ?? 'a file'}: ${message}`,
        'Run it as the owner of that folder, or point XDG_CACHE_HOME at a folder that you may write.',
      );
    }
    return new SetupError(message, 'Run `npm run setup` again; if it fails again, report it with the lines above.', {
      cause: error,
    });
  }
}
