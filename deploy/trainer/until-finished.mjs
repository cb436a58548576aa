/**
 * Runs the trainer, and ends with 0 only when the training is finished.
 *
 *     node until-finished.mjs COMMAND [ARGUMENT...]
 *
 * The trainer itself ends with 0 when SIGTERM stopped it, since nothing is lost. A Kubernetes Job would take that for a
 * finished training and start no other pod. Here a command that was told to stop and did ends with 143.
 *
 * It is also a right first process of a container: one without a handler of its own ignores SIGTERM there, which the
 * trainer would do until it is up.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** 128 and SIGTERM's number, as a shell tells it. */
const STOPPED = 128 + constants.signals.SIGTERM;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'];

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  process.stderr.write('usage: until-finished.mjs COMMAND [ARGUMENT...]\n');
  process.exitCode = 2;
} else {
  let told = false;
  // A group of its own: a terminal's Ctrl-C comes here alone, and is handed on once.
  const child = spawn(command, args, { stdio: 'inherit', detached: true });
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      told ||= signal === 'SIGTERM';
      child.kill(signal);
    });
  }
  child.once('error', (error) => {
    process.stderr.write(`${command} cannot be run: ${error.message}\n`);
    process.exitCode = 127;
  });
  child.once('exit', (code, signal) => {
    // Other codes stay: a checkpoint that could not be written is a failure, whoever asked for it.
    if (told && (code === 0 || signal === 'SIGTERM')) process.exitCode = STOPPED;
    else process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
