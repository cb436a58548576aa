/**
 * Generates the TypeScript and the descriptor set of `proto/`: `npm run contracts:generate`.
 *
 *     node libs/contracts/generate.mjs [folder to write into instead of the repository]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..', '..');
const BIN = join(ROOT, 'node_modules', '.bin');

/** @param {string[]} args */
function buf(args) {
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}` };
  const { status, error } = spawnSync('buf', args, { cwd: ROOT, env, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`buf ${args[0]} failed: see above.`);
}

/**
 * ts-proto keeps unknown fields when it decodes and encodes, but its `fromPartial` drops them, and nice-grpc sends every
 * message through that. A gateway that passes on what a newer service wrote would lose the news.
 *
 * @param {string} source
 */
function keepUnknownFields(source) {
  const messages = source.match(/^export const \w+: MessageFns<\w+> = \{$/gm) ?? [];
  let kept = 0;
  const text = source.replaceAll(
    /(fromPartial\()(?:object|_)(: DeepPartial<\w+>\): \w+ \{\n)( +)(const message = createBase\w+\(\);\n)/g,
    (_, open, signature, indent, create) => {
      kept += 1;
      const keep = 'message._unknownFields = (object._unknownFields as typeof message._unknownFields) ?? {};\n';
      return `${open}object${signature}${indent}${create}${indent}${keep}`;
    },
  );
  if (kept !== messages.length) {
    throw new Error(`fromPartial was found in ${kept} of ${messages.length} messages: has ts-proto changed?`);
  }
  return text;
}

const out = resolve(process.argv[2] ?? ROOT);
const generated = join(out, 'libs', 'contracts', 'src', 'generated');
mkdirSync(generated, { recursive: true });
buf(['generate', 'proto', '--template', 'proto/buf.gen.yaml', '--output', out]);
for (const name of readdirSync(generated, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.ts')) continue;
  const path = join(generated, name);
  writeFileSync(path, keepUnknownFields(readFileSync(path, 'utf8')));
}
const protoset = join(out, 'libs', 'contracts', 'protoset.bin');
buf(['build', 'proto', '--as-file-descriptor-set', '--exclude-source-info', '--output', `${protoset}#format=binpb`]);
