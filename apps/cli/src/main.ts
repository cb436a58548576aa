import { buildProgram } from './program.js';
import { exitCodeOf } from './exit-code.js';
import { messageOf } from './tell.js';

// Whoever reads what is printed may have seen enough: `kinemacolor jobs | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await buildProgram((code) => { process.exitCode = code; }).parseAsync(); // prettier-ignore
} catch (error) {
  process.stderr.write(`kinemacolor: ${messageOf(error).message}\n`);
  process.exitCode = exitCodeOf(error);
}
