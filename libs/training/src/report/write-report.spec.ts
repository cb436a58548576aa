import { mkdir, readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Script } from 'node:vm';
import { scratchDir } from '@kinemacolor/testing';
import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { LogEntry, SamplesEntry } from './log-entry.js';
import { runEntry, stepsEntry, validationEntry, writeLog } from './log-for-tests.js';
import { removeUnfinishedReports, writeReport } from './write-report.js';

type Element = DefaultTreeAdapterTypes.Element;

/** All elements of the page, with their attributes and text. */
class Page {
  readonly elements: Element[] = [];
  readonly errors: string[] = [];

  constructor(readonly html: string) {
    const walk = (node: DefaultTreeAdapterTypes.Node): void => {
      if ('tagName' in node) this.elements.push(node);
      if ('childNodes' in node) for (const child of node.childNodes) walk(child);
    };
    walk(parse(html, { onParseError: (error) => this.errors.push(error.code) }));
  }

  all(tag: string, className?: string): Element[] {
    return this.elements.filter(
      (element) =>
        element.tagName === tag &&
        (className === undefined || attribute(element, 'class')?.split(' ').includes(className)),
    );
  }

  /** The data of the chart with this title. */
  chart(title: string): { curves: { name: string; values: (number | null)[] }[]; dashed: object[]; axis: string } {
    const figure = this.all('figure', 'chart').find((each) => text(each).trimStart().startsWith(title));
    if (figure === undefined) throw new Error(`no chart ${title}`);
    return JSON.parse(text(new Page(outer(figure, this.html)).all('script')[0]!)) as ReturnType<Page['chart']>;
  }
}

const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((each) => each.name === name)?.value;

function text(node: DefaultTreeAdapterTypes.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(text).join('') : '';
}

/** The element's own HTML, found by its figcaption's place in the page. */
function outer(element: Element, html: string): string {
  const title = text(element.childNodes.find((child) => 'tagName' in child)!);
  const start = html.lastIndexOf('<figure', html.indexOf(`<figcaption>${title.split(' logarithmic')[0]!}`));
  return html.slice(start, html.indexOf('</figure>', start));
}

async function report(entries: readonly LogEntry[], tail?: string, folder = scratchDir()): Promise<Page> {
  await writeLog(folder, entries, tail);
  return new Page(await readFile(await writeReport(folder), 'utf8'));
}

const samples = (step: number, file: string): SamplesEntry => ({
  kind: 'samples',
  time: '2025-03-01T10:00:00Z',
  stage: 0,
  epoch: step,
  step,
  file,
  columns: ['input', 'output', 'cycled', 'truth'],
});

/** Noise, which no format makes small. */
async function writeNoise(file: string, width: number, height: number): Promise<void> {
  const picture = sharp({
    create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
  });
  await picture.jpeg({ quality: 95 }).toFile(file);
}

const whole: readonly LogEntry[] = [
  runEntry(),
  stepsEntry(100, { losses: { generator: 3.25, cycleA: 2.5, discriminatorA: 0.125, D_B: 0.5 } }),
  stepsEntry(200, { losses: { generator: 1.75, cycleA: 1.5, discriminatorA: 0.25, D_B: 0.75 }, epoch: 1 }),
  validationEntry(200, { best: true, score: 2.5 }),
  stepsEntry(300, { stage: 1, size: 128, picturesPerSecond: 4 }),
  validationEntry(300, { stage: 1, metrics: { psnr: 24.75, n: 5 } }),
  { kind: 'end', time: '2025-03-01T11:00:00Z', state: 'finished' },
];

describe('the report', () => {
  it('is a sound page that needs nothing from elsewhere', async () => {
    const page = await report(whole);
    expect(page.errors).toEqual([]);
    expect(page.html).not.toMatch(/https?:|url\(|@import|\bimport\(|fetch\(|XMLHttpRequest/i);
    for (const element of page.elements) {
      for (const name of ['src', 'href', 'srcset', 'data', 'poster', 'action', 'xlink:href']) {
        expect(attribute(element, name) ?? 'data:').toMatch(/^data:/);
      }
    }
    const policy = page.all('meta').find((meta) => attribute(meta, 'http-equiv') === 'Content-Security-Policy');
    expect(attribute(policy!, 'content')).toContain("default-src 'none'");
  });

  it('shows losses by network, rates and speed, and the stages', async () => {
    const page = await report(whole);
    expect(page.chart('Generator losses').curves).toEqual([
      { name: 'generator', values: [3.25, 1.75, 1] },
      { name: 'cycleA', values: [2.5, 1.5, null] },
    ]);
    expect(page.chart('Discriminator losses').curves).toEqual([
      { name: 'discriminatorA', values: [0.125, 0.25, 0.25] },
      { name: 'D_B', values: [0.5, 0.75, null] },
    ]);
    expect(page.chart('Learning rates').curves).toEqual([{ name: 'generator', values: [0.001, 0.001, 0.001] }]);
    expect(page.chart('Pictures a second').curves[0]!.values).toEqual([10, 10, 4]);
    const bands = page.all('rect', 'stage').map((band) => attribute(band, 'data-stage'));
    expect(new Set(bands)).toEqual(new Set(['64 px', '128 px']));
    for (const line of page.all('path', 'line')) expect(attribute(line, 'd')).toMatch(/^M[\d.]+ [\d.]+[LMh]/);
  });

  it('shows best and last metrics beside the baselines, and the baselines as dashed lines', async () => {
    const page = await report(whole);
    const rows = page.all('tr').map((row) => row.childNodes.map(text).filter((cell) => cell.trim() !== ''));
    expect(rows).toContainEqual(['best (stage 1, epoch 1, step 200)', '25.00', '8.00', '0.300', '0.500', '2.500']);
    expect(rows).toContainEqual(['last (stage 2, epoch 1, step 300)', '24.75', '–', '–', '–', '1.000']);
    expect(rows).toContainEqual(['baseline: tone', '25.50', '–', '–', '–', '–']);
    expect(rows).toContainEqual(['baseline: grey', '24.50', '–', '–', '–', '–']);
    expect(rows).toContainEqual(['best − tone', '-0.50', '–', '–', '–', '–']);
    expect(page.chart('PSNR, dB').dashed).toEqual([
      { name: 'grey', value: 24.5 },
      { name: 'tone', value: 25.5 },
    ]);
    expect(page.all('path', 'dashed').length).toBe(2);
    expect(text(page.all('span', 'state')[0]!)).toBe('finished');
  });

  it('escapes everything that it is told', async () => {
    const evil = `</script><script>alert(1)</script><img src="http://x" onerror='x'>&amp;`;
    const page = await report([
      { kind: 'run', time: evil, name: evil, config: { [evil]: evil }, environment: { [evil]: [evil] } },
      stepsEntry(1, { phase: evil, losses: { [evil]: 1 }, rates: { [evil]: 1 } }),
      stepsEntry(2, { phase: `${evil}2` }),
      validationEntry(2, { metrics: { [evil]: 1 }, baselines: { [evil]: { [evil]: 2 } } }),
      { ...samples(2, evil), columns: [evil] },
      { kind: 'note', time: evil, text: evil },
    ]);
    expect(page.errors).toEqual([]);
    expect(page.all('img')).toEqual([]);
    expect(page.elements.filter((element) => element.attrs.some(({ name }) => name.startsWith('on')))).toEqual([]);
    const scripts = page.all('script').filter((script) => attribute(script, 'type') !== 'application/json');
    expect(scripts).toHaveLength(1);
    expect(text(page.all('h1')[0]!)).toContain(evil);
    expect(text(page.all('pre')[0]!)).toContain(JSON.stringify(evil));
    expect(page.all('td').map(text)).toContain(evil);
  });

  it('has a script that is sound', async () => {
    const page = await report(whole);
    const script = page.all('script').find((each) => attribute(each, 'type') === undefined);
    // Compiles it and does not run it.
    expect(() => new Script(text(script!))).not.toThrow();
  });

  it.each<[string, LogEntry[], string]>([
    ['nothing at all', [], ''],
    ['a beginning alone', [runEntry()], ''],
    ['half a line', [], '{"kind":"ru'],
    ['a step and no validation', [runEntry(), stepsEntry(1)], '{"kind":"steps"'],
    ['a validation and no step', [runEntry(), validationEntry(0)], ''],
    ['a note alone', [{ kind: 'note', time: 'yesterday', text: 'hello' }], ''],
  ])('stands after %s', async (_, entries, tail) => {
    const page = await report(entries, tail);
    expect(page.errors).toEqual([]);
    expect(text(page.all('h1')[0]!)).toContain('running');
    expect(page.html).not.toMatch(/NaN|undefined%|Infinity/);
  });

  it('replaces the page before it and leaves nothing else', async () => {
    const folder = scratchDir();
    await report([runEntry()], '', folder);
    const page = await report(whole, '', folder);
    expect(page.html).toContain('finished');
    expect((await readdir(folder)).sort()).toEqual(['log.jsonl', 'report.html']);
  });

  it('is tidied up after a process that was killed, and not under one that writes', async () => {
    const folder = scratchDir();
    const [old, young, other] = ['report.html.77-0.tmp', 'report.html.78-3.tmp', 'report.html.copy.tmp'] as const;
    for (const name of [old, young, other]) await writeFile(path.join(folder, name), 'half');
    for (const name of [old, other]) await utimes(path.join(folder, name), 1e9, 1e9);
    await removeUnfinishedReports(folder);
    expect((await readdir(folder)).sort()).toEqual([young, other]);
    await expect(removeUnfinishedReports(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });

  it('that cannot be written is an error with its name, and leaves no half of one', async () => {
    const folder = scratchDir();
    await writeLog(folder, whole);
    await mkdir(path.join(folder, 'report.html', 'in-the-way'), { recursive: true });
    await expect(writeReport(folder)).rejects.toThrow(/report\.html cannot be written: /);
    expect((await readdir(folder)).sort()).toEqual(['log.jsonl', 'report.html']);
  });
});

describe('the sample pictures', () => {
  it('show as they are while they fit', async () => {
    const folder = scratchDir();
    await mkdir(path.join(folder, 'samples'));
    await writeNoise(path.join(folder, 'samples', 'a.jpg'), 64, 32);
    const page = await report([runEntry(), samples(1, 'samples/a.jpg')], '', folder);
    const bytes = await readFile(path.join(folder, 'samples', 'a.jpg'));
    expect(page.all('img').map((image) => attribute(image, 'src'))).toEqual([
      `data:image/jpeg;base64,${bytes.toString('base64')}`,
    ]);
    const columns = page.all('div', 'columns')[0]!;
    expect(columns.childNodes.map(text)).toEqual(['input', 'output', 'cycled', 'truth']);
  });

  it('are named when they are missing, damaged, or outside of the run', async () => {
    const folder = scratchDir();
    await writeNoise(path.join(folder, 'cut.jpg'), 200, 200);
    await writeFile(path.join(folder, 'cut.jpg'), (await readFile(path.join(folder, 'cut.jpg'))).subarray(0, 9000));
    const outside = path.join(scratchDir(), 'outside.jpg');
    await writeNoise(outside, 20, 20);
    const page = await report([samples(1, 'gone.jpg'), samples(2, 'cut.jpg'), samples(3, outside)], '', folder);
    expect(page.all('img')).toEqual([]);
    expect(page.html).toContain(`Missing or damaged: gone.jpg, cut.jpg, ${outside}`);
  });

  it('are scaled so that the page of a long run stays small, the newest and the first at a good size', async () => {
    const folder = scratchDir();
    await writeNoise(path.join(folder, 'big.jpg'), 2400, 1600);
    await writeNoise(path.join(folder, 'mid.jpg'), 1000, 800);
    const { size } = await stat(path.join(folder, 'big.jpg'));
    expect(size).toBeGreaterThan(2_000_000);
    const entries = Array.from({ length: 70 }, (_, i) => samples(i + 1, i % 5 === 0 ? 'big.jpg' : 'mid.jpg'));
    const page = await report(entries, '', folder);
    expect(page.html.length).toBeLessThan(15_000_000);
    const widths = page.all('img').map((image) => Number(attribute(image, 'width')));
    expect(widths.slice(0, 8).every((width) => width >= 640)).toBe(true);
    expect(page.html).toContain('alt="input, output, cycled, truth: stage 1, epoch 71, step 70"');
    expect(page.html).toContain('alt="input, output, cycled, truth: stage 1, epoch 2, step 1"');
    const shown = widths.length + Number(/(\d+) more lie in/.exec(page.html)?.[1] ?? 0);
    expect(shown).toBe(70);
  });
});
