/**
 * What a film costs NATS: bytes on the wire, and bytes on the disk. The messages are really encoded, and so is what the
 * smoothing remembers; headers of NATS (some hundred bytes a message) and copies of messages after a crash are not in it.
 *
 *     node deploy/sizing.mjs [--film 1920x1080] [--fps 24] [--short-side 256] [--replicas 3] [--source 8] [--result 8]
 *
 * source and result: Mbit/s of the film that comes in, and of the one that goes out. What cannot be, such as a frame that is too
 * large for a message, is told in a line, exit code 2.
 */
import { parseArgs } from 'node:util';

import { ChromaFrame, LumaFrame } from '@kinemacolor/contracts';
import { renderSizeFor } from '@kinemacolor/models/render-size';
import { packTemporalState } from '@kinemacolor/pipeline';
import { LARGEST_MESSAGE } from '@kinemacolor/streaming';

const OPTIONS = {
  film: { type: 'string', default: '1920x1080' },
  fps: { type: 'string', default: '24' },
  'short-side': { type: 'string', default: '256' },
  replicas: { type: 'string', default: '3' },
  source: { type: 'string', default: '8' },
  result: { type: 'string', default: '8' },
};

/** Ends with one line: the numbers would mean nothing. @returns {never} */
function refuse(words) {
  process.stderr.write(`sizing: ${words}\n`);
  process.exit(2);
}

function parsed() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    return refuse(error.message.split('\n', 1)[0]);
  }
}

const values = parsed();
const above0 = (name) => {
  const value = Number(values[name]);
  return value > 0 && Number.isFinite(value) ? value : refuse(`--${name} ${values[name]}: give a number above 0.`);
};
const [fps, replicas, source, result] = ['fps', 'replicas', 'source', 'result'].map(above0);
const [, filmWidth, filmHeight] = (/^([1-9]\d*)x([1-9]\d*)$/.exec(values.film) ?? refuse(`--film ${values.film}: give WIDTHxHEIGHT, such as 1920x1080.`)).map(Number); // prettier-ignore
const sizeAt = (short) => renderSizeFor({ width: filmWidth, height: filmHeight }, short);
const { width, height } = sizeAt(above0('short-side'));
const pixels = width * height;

const frame = {
  jobId: 'x'.repeat(20),
  index: 86_399,
  pts: '86399',
  timeBase: { numerator: 1, denominator: 24 },
  epoch: 1,
};
const facts = { frame, shot: 500, model: 'fast', modelVersion: '1' };
/** Bytes of the largest message of a frame: luma, and both planes of chroma. */
const bytesAt = (size) => {
  const plane = new Uint8Array(size.width * size.height);
  return ChromaFrame.encode(ChromaFrame.create({ ...facts, ...size, luma: plane, u: plane, v: plane })).finish()
    .byteLength;
};
const largest = () => {
  let short = 16;
  while (bytesAt(sizeAt(short + 16)) <= LARGEST_MESSAGE) short += 16;
  return short;
};
const chroma = bytesAt({ width, height });
if (chroma > LARGEST_MESSAGE) {
  refuse(
    `a frame of ${values.film} seen as ${width} x ${height} needs ${chroma} B in a message, which may have ${LARGEST_MESSAGE}: ` +
      `services end such a job with INVALID_ARGUMENT. The largest short side here is ${largest()}.`,
  );
}
const plane = new Uint8Array(pixels);
const luma = LumaFrame.encode(LumaFrame.create({ ...facts, width, height, luma: plane })).finish().byteLength;
const floats = new Float32Array(pixels);
const state = packTemporalState(
  { snapshot: () => undefined },
  { snapshot: () => ({ luma: plane, u: floats, v: floats }) },
);

const hour = 3600 * fps;
const mega = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const giga = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
const [sourceHour, resultHour] = [source, result].map((mbit) => (mbit * 1e6 * 3600) / 8);
// Who has read enough closes the pipe.
process.stdout.on('error', () => process.exit());
const row = (what, much) => process.stdout.write(`${what.padEnd(62)} ${much.padStart(9)}\n`);

row(`a frame of ${values.film}, seen as ${width} x ${height}: luma`, `${luma} B`);
row('the same: chroma, with the luma that it was painted for', `${chroma} B`);
row('largest short side of such a film: a frame is one message', String(largest()));
row(`a second at ${fps} frames/s, into NATS`, mega((luma + chroma) * fps));
row('the same, out of NATS', mega((luma + chroma) * fps));
row(`the same, between its servers, with ${replicas} copies`, mega((luma + chroma) * fps * (replicas - 1)));
row('an hour of film, through NATS in all', giga((luma + chroma) * hour * (replicas + 1)));
const window = 64 * chroma;
row('memory of each server for a job whose window of 64 is full', mega(window));
row('such jobs in 1 GiB (KINEMACOLOR_MEMORY_BYTES)', String(Math.floor(2 ** 30 / window)));
row(`on the disk of each server: the source, an hour at ${source} Mbit/s`, giga(sourceHour));
row(`the result, an hour at ${result} Mbit/s`, giga(resultHour));
row('segments, until the job has ended: the result’s pictures', giga(resultHour));
row('and what the smoothing remembers behind the last of them', mega(state.byteLength));
row('most at a time, an hour of film', giga(sourceHour + 2 * resultHour + state.byteLength));
