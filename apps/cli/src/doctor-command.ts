import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EXIT } from './exit-code.js';

const INSPECT = fileURLToPath(new URL('../../../tools/setup/inspect.mjs', import.meta.url));

/** `kinemacolor doctor`: what is set up and what is not. Exit code 9 when something that colouring needs is missing. */
export async function doctorCommand({ json }: { json?: boolean }): Promise<number> {
  const child = spawn(process.execPath, [INSPECT, ...(json === true ? ['--json'] : [])], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => { resolve(code === 0 ? EXIT.OK : EXIT.ENVIRONMENT); }); // prettier-ignore
  });
}
