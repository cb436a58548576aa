import { buildProgram } from './program.js';
import { exitCodeOf } from './exit-code.js';
import { messageOf } from './tell.js';

try {
  await buildProgram((code) => { process.exitCode = code; }).parseAsync(); // prettier-ignore
} catch (error) {
  process.stderr.write(`kinemacolor: ${messageOf(error).message}\n`);
  process.exitCode = exitCodeOf(error);
}
