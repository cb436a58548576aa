import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { defineSettings, setting } from '@kinemacolor/config';
import { publishModel } from '@kinemacolor/jobs';
import { ModelError } from '@kinemacolor/models/model-error';
import { modelFolder } from '@kinemacolor/models/shipped-models';
import { readNatsUrl } from '@kinemacolor/serve';
import { connectNats, natsOptions, natsSettings } from '@kinemacolor/streaming';
import { z } from 'zod';
import { EXIT } from './exit-code.js';
import { dataSetting } from './serve-settings.js';

const ANYWHERE = 'nats://127.0.0.1:4222';
const { natsCredentials, natsCa, natsCertificate, natsKey } = natsSettings;

/** Which NATS `models publish` puts the model into. */
export const publishSettings = defineSettings({
  nats: setting(z.string().optional(), {
    flag: '--nats <urls>',
    env: 'KINEMACOLOR_NATS',
    describe: `NATS of the services (default: that of the "serve" that runs on --data, else ${ANYWHERE})`,
  }),
  data: { ...dataSetting, describe: 'the folder of "serve"' },
  natsCredentials,
  natsCa,
  natsCertificate,
  natsKey,
});

/**
 * `kinemacolor models publish`: puts a model into the store of running services, which take it up once a colorizer has tried it.
 * @param name under which jobs ask for it; default: the card's
 * @throws ConfigError; ModelError, ModelStoreError; StreamingError when NATS is not there, or does not let us in
 */
export async function publishModelCommand(
  model: string,
  { name }: { readonly name?: string },
  flags: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { data, ...given } = publishSettings.parse({ flags, env: process.env });
  const folder = modelFolder(model);
  const published = name ?? (await nameOf(path.join(folder, 'kinemacolor.json')));
  const served = given.nats === undefined ? await readNatsUrl(data) : undefined;
  // What is set for other servers does not fit the one of `serve`, which has its password in the URL.
  const where = served === undefined ? { ...given, nats: given.nats ?? ANYWHERE } : { nats: served };
  const connection = await connectNats(natsOptions(where, 'models publish'));
  try {
    const version = (await publishModel(connection, folder, { name: published })).model!;
    console.log(`${version.name}\t${version.version}\tis served to new shots once a colorizer has found that it works`);
    return EXIT.OK;
  } finally {
    await connection.close();
  }
}

/** What a card calls its model. @throws ModelError `CORRUPT` */
async function nameOf(card: string): Promise<string> {
  try {
    const { name } = JSON.parse(await readFile(card, 'utf8')) as { name: unknown };
    if (typeof name === 'string') return name;
  } catch (error) {
    throw new ModelError('CORRUPT', `${card} cannot be read as a card. Fetch or export the model again.`, { cause: error }); // prettier-ignore
  }
  throw new ModelError('CORRUPT', `${card} says no name. Give one with --name.`);
}
