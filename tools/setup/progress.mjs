const LATER_MS = 15_000;

/**
 * A line for each step, on stdout; while a long step runs, a sign of life: the seconds on a terminal, else a line now
 * and then for a log.
 *
 * @param {{ quiet: boolean, out?: NodeJS.WriteStream }} options quiet: nothing for what is in place already
 */
export function progress({ quiet, out = process.stdout }) {
  const line = (mark, name, text) => out.write(`${mark} ${name.padEnd(14)} ${text}\n`);
  let stopTicking = () => {};
  return {
    inPlace(name, detail) {
      if (!quiet) line('✓', name, detail);
    },
    /** @returns {(text: string) => void} says what the step is doing now */
    begin(name) {
      const started = Date.now();
      const seconds = () => Math.round((Date.now() - started) / 1000);
      let doing = '';
      const tick = () => {
        if (out.isTTY) out.write(`\r… ${name.padEnd(14)} ${doing} ${seconds()} s\u001b[K`);
        else line('…', name, `${doing} (${seconds()} s so far)`);
      };
      const timer = setInterval(tick, out.isTTY ? 1000 : LATER_MS);
      stopTicking = () => {
        clearInterval(timer);
        if (out.isTTY) out.write('\r\u001b[K');
        stopTicking = () => {};
      };
      return (text) => {
        doing = text;
        if (out.isTTY) out.write('\r\u001b[K');
        line('…', name, text);
      };
    },
    done(name, detail, ms) {
      stopTicking();
      line('✓', name, `${detail} (${(ms / 1000).toFixed(1)} s)`);
    },
    /** What only some tests need is missing. */
    doneWithout(name, error) {
      stopTicking();
      process.stderr.write(`○ ${name.padEnd(14)} not provided: ${error.message}\n  → ${error.cure}\n`);
    },
    failed(name, error) {
      stopTicking();
      process.stderr.write(`✗ ${name.padEnd(14)} ${error.message}\n  → ${error.cure}\n`);
    },
    close() {
      stopTicking();
    },
  };
}
