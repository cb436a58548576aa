/**
 * Makes up the passwords of a new system, as files that compose.yaml and the commands of README.md name.
 *
 *     node deploy/make-secrets.mjs FOLDER [NATS_HOST...]
 *
 * One NATS host (default: nats) is a server by itself; several are a cluster, whose routes get a password of their own. What is
 * there already stays, and is an error: services that run have the old passwords.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Letters and digits only: nothing to escape in URLs and configurations; the letter in front keeps it from being a number. */
const password = () => `k${randomBytes(24).toString('hex')}`;

/** @param {readonly string[]} hosts @returns {Record<string, string>} text by name of file */
function secrets(hosts) {
  const [client, route, token] = [password(), password(), password()];
  const digest = createHash('sha256').update(token).digest('hex');
  const servers = hosts.map((host) => `nats://kinemacolor:${client}@${host}:4222`);
  const files = {
    'nats-auth.conf': `authorization: { user: kinemacolor, password: ${client} }\n`,
    'nats.env': `KINEMACOLOR_NATS=${servers.join(',')}\n`,
    tokens: `first ${digest}\n`,
    'first-token': `${token}\n`,
    'grafana-password': password(),
  };
  if (hosts.length === 1) return files;
  const routes = hosts.map((host) => `nats://route:${route}@${host}:6222`);
  files['nats-cluster.conf'] = `authorization: { user: route, password: ${route} }\nroutes: [ ${routes.join(', ')} ]\n`;
  return files;
}

const [folder, ...hosts] = process.argv.slice(2);
if (folder === undefined || folder.startsWith('-')) {
  process.stderr.write('usage: node deploy/make-secrets.mjs FOLDER [NATS_HOST...]\n');
  process.exitCode = 2;
} else {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const there = await readdir(folder);
  if (there.length > 0) {
    process.stderr.write(
      `${folder} is not empty (${there.join(', ')}): name another folder, or delete what is there.\n`,
    );
    process.exitCode = 1;
  } else {
    // Nobody else gets into the folder; the files are for whichever user a container has.
    const all = Object.entries(secrets(hosts.length === 0 ? ['nats'] : hosts));
    for (const [name, text] of all) await writeFile(join(folder, name), text, { mode: 0o644 });
    process.stdout.write(`${folder}: ${all.map(([name]) => name).join(', ')}\n`);
  }
}
