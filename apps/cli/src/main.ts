import { buildProgram } from './program.js';
import { exitCodeOf } from './exit-code.js';
import { printable } from './printable.js';
import { watchStandardOutput } from './standard-output.js';
import { messageOf } from './tell.js';

watchStandardOutput();

try {
  await buildProgram((code) => { process.exitCode = code; }).parseAsync(); // prettier-ignore
} catch (error) {
  process.stderr.write(`kinemacolor: ${printable(messageOf(error).message)}\n`);
  process.exitCode = exitCodeOf(error);
}

// All is done. What would still keep the process, such as telemetry for a collector that is away, is of no use any more.
for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write('', resolve));
process.exit();
