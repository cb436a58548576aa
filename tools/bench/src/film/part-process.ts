import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { openChromaSink, openLuma, probe } from '@kinemacolor/media';
import { renderSizeFor } from '@kinemacolor/models/render-size';
import { startColorizer } from '@kinemacolor/pipeline';
import { paintAll } from '../paint-all.js';
import type { PartCost, PartName } from './part-cost.js';

/*
 * One part of the film's way alone, in a process of its own: prints what it cost as one JSON line.
 *
 *     node part-process.js decode|generator|encode FILM MODEL CHROMA SCRATCH
 *
 * CPU seconds are those of ffmpeg as it tells them, and of this process from the moment that everything is loaded.
 */
const [part, film, model, chroma, scratch] = process.argv.slice(2) as [PartName, string, string, string, string];

const WARM_UP = 4;

const info = await probe({ kind: 'file', path: film });
const card = JSON.parse(await readFile(path.join(model, 'kinemacolor.json'), 'utf8')) as { renderSize: number };
const size = renderSizeFor(info.video, card.renderSize);
const pixels = size.width * size.height;

function stopwatch(): () => { ownCpuSeconds: number; wallSeconds: number } {
  const started = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ownCpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - started) / 1000 };
  };
}

async function decode(): Promise<PartCost> {
  const stop = stopwatch();
  const reader = await openLuma(info, size);
  let frames = 0;
  for await (const frame of reader) frames += frame.luma.length > 0 ? 1 : 0;
  await reader.close();
  return { frames, ffmpegCpuSeconds: reader.stats().cpuSeconds, ...stop() };
}

async function generator(): Promise<PartCost> {
  const frames = info.video.expectedFrames ?? 0;
  const colorizer = await startColorizer({ model, device: 'cpu' });
  await colorizer.prepare({ frames, ...size });
  const picture = Uint8Array.from({ length: pixels }, (_, i) => 128 + 80 * Math.sin(i / 37) * Math.cos(i / 9000));
  const luma = (): Uint8Array => picture.slice();
  await Promise.all(Array.from({ length: WARM_UP }, () => colorizer.colorize(luma(), { batch: 1, ...size })));
  const stop = stopwatch();
  await paintAll(colorizer, frames, luma, size);
  const cost = stop();
  await colorizer.close();
  return { frames, ffmpegCpuSeconds: 0, ...cost };
}

async function encode(): Promise<PartCost> {
  await rm(scratch, { force: true });
  const times = await presentationTimes();
  const stop = stopwatch();
  const sink = await openChromaSink(info, { ...size, target: { kind: 'part', path: scratch } });
  const file = await open(chroma);
  for (const [index, pts] of times.entries()) {
    const planes = new Uint8Array(2 * pixels);
    await file.read(planes, 0, planes.length, index * planes.length);
    await sink.write({ index, pts, u: planes.subarray(0, pixels), v: planes.subarray(pixels) });
  }
  await file.close();
  const { frames, cpuSeconds } = await sink.finish();
  return { frames, ffmpegCpuSeconds: cpuSeconds, ...stop() };
}

/** Each frame's time: the sink pairs by it. Read before the clock starts. */
async function presentationTimes(): Promise<bigint[]> {
  const reader = await openLuma(info, { width: 16, height: 16 });
  const times: bigint[] = [];
  for await (const { pts } of reader) times.push(pts);
  return times;
}

try {
  const cost = await { decode, generator, encode }[part]();
  process.stdout.write(JSON.stringify(cost) + '\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
