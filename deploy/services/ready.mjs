/**
 * What HEALTHCHECK runs in the containers: asks the service in this one whether it is ready, by the port of
 * KINEMACOLOR_HEALTH. Exit code 0: it is; 1: it is not, and why is printed.
 */
const port = (process.env.KINEMACOLOR_HEALTH ?? '').split(':').at(-1);
try {
  const response = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(4_000) });
  process.stdout.write(await response.text());
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`It does not answer: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
