import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { SETTINGS } from './testing/environment-problems.mjs';
import { runCommand } from './testing/linters.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const page = await readFile(at('operating.md'), 'utf8');

/** Sections of the page, by the anchors that they get. */
const sections = (text) =>
  new Map(text.split(/^#+ /m).slice(1).map((section) => [section.split('\n', 1)[0].toLowerCase().replaceAll(' ', '-'), section])); // prettier-ignore

async function alerts() {
  const rules = await readdir(at('observability/rules'));
  const files = await Promise.all(rules.map((name) => readFile(at(`observability/rules/${name}`), 'utf8')));
  return files.flatMap((text) => parse(text).groups.flatMap((group) => group.rules)).filter((rule) => rule.alert !== undefined); // prettier-ignore
}

/** What is wrong between alerts and the page. */
function problems(rules, text) {
  const there = sections(text);
  const wanted = rules.map(({ alert, annotations }) => [alert, annotations.runbook_url]);
  return [
    ...wanted
      .filter(([alert, url]) => url !== `deploy/operating.md#${alert.toLowerCase()}`)
      .map(([alert]) => `${alert} has a wrong runbook_url`),
    ...wanted.filter(([alert]) => !there.has(alert.toLowerCase())).map(([alert]) => `${alert} has no section`),
    ...[...there.keys()]
      .filter((anchor) => anchor.startsWith('kinemacolor') && !wanted.some(([alert]) => alert.toLowerCase() === anchor))
      .map((anchor) => `${anchor} is no alert`),
  ];
}

describe('the operator’s page', () => {
  it('says of every alert what to do, and of no other', async () => {
    const rules = await alerts();
    expect(rules.length).toBeGreaterThan(0);
    expect(problems(rules, page)).toEqual([]);
    const [{ alert, annotations }] = rules;
    expect(problems([{ alert: 'New', annotations }, ...rules], page)).toEqual(['New has a wrong runbook_url', 'New has no section']); // prettier-ignore
    expect(problems(rules, page.replace(`### ${alert}\n`, '### Other\n'))).toEqual([`${alert} has no section`]);
    expect(problems(rules.slice(1), page)).toEqual([`${alert.toLowerCase()} is no alert`]);
  });

  it('shows what the command for sizes prints', async () => {
    const { stdout } = await runCommand([process.execPath, at('sizing.mjs')]);
    const [, shown] = /<!-- sizing:.*?```\n(.*?)```/s.exec(page);
    expect(shown).toBe(stdout);
    const twice = await runCommand([process.execPath, at('sizing.mjs')], '--fps', '48');
    expect(twice.stdout).not.toBe(stdout);
  });

  it.each([
    [['--film', 'banana'], '--film banana: give WIDTHxHEIGHT, such as 1920x1080.'],
    [['--fps', 'x'], '--fps x: give a number above 0.'],
    [['--frames', '5'], "Unknown option '--frames'"],
    [['--short-side', '512'], 'seen as 896 x 512 needs 1376326 B in a message, which may have 1000000'],
    [['--short-side', '448'], 'The largest short side here is 416.'],
  ])('is told in a line by that command what cannot be: %j', async (words, told) => {
    const error = await runCommand([process.execPath, at('sizing.mjs')], ...words).catch((thrown) => thrown);
    expect(error.code).toBe(2);
    expect(error.stdout).toBe('');
    expect(error.stderr).toMatch(/^sizing: [^\n]+\n$/);
    expect(error.stderr).toContain(told);
  });

  it('names settings that are there', () => {
    const known = new Set(Object.values(SETTINGS).flatMap((one) => one.markdown().match(/(?<=`)KINEMACOLOR_\w+/g)));
    for (const [name] of page.matchAll(/KINEMACOLOR_[A-Z_]+/g)) expect([...known]).toContain(name);
  });

  it('names dashboards that are there', async () => {
    const folder = at('observability/grafana/dashboards');
    const read = async (name) => JSON.parse(await readFile(`${folder}/${name}`, 'utf8')).title;
    const titles = await Promise.all((await readdir(folder)).map(read));
    const named = page.match(/(?<=_)Kinemacolor: [^_]+/g);
    expect(named).not.toBeNull();
    for (const title of named) expect(titles).toContain(title.replaceAll(/\s+/g, ' '));
  });
});
