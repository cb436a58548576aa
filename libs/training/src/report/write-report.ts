import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readLog } from './read-log.js';
import { ReportError } from './report-error.js';
import { reportPage } from './report-page.js';
import { samplePictures } from './sample-pictures.js';

export const REPORT_FILE = 'report.html';
export const LOG_FILE = 'log.jsonl';

/** Characters that the pictures may take; the rest of the page takes some hundred thousand, 2 million at most. */
const PICTURE_ROOM = 12_000_000;

let written = 0;

/** A page that was being written. */
const UNFINISHED = /^report\.html\.\d+-\d+\.tmp$/;
/** Milliseconds after which nobody writes at one any more. */
const ABANDONED = 60_000;

/**
 * Writes a run's `report.html` from its `log.jsonl` and samples: one page that opens offline, of some 15 MB at most.
 * Works at any moment of a run, and beside the process that trains; readers see the old page or the new one, never half of one.
 * @returns path of the page
 * @throws ReportError when there is no log, or the page cannot be written
 */
export async function writeReport(runFolder: string): Promise<string> {
  const log = await readLog(path.join(runFolder, LOG_FILE));
  const page = reportPage(log, await samplePictures(runFolder, log.samples, PICTURE_ROOM));
  const file = path.join(runFolder, REPORT_FILE);
  const unfinished = `${file}.${process.pid}-${written++}.tmp`;
  try {
    await writeFile(unfinished, page, { flush: true });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new ReportError(`${file} cannot be written: ${why}. Make room, or check who owns the folder.`, { cause: error }); // prettier-ignore
  }
  return file;
}

/** Removes what a process that was killed left of a page. @throws ReportError */
export async function removeUnfinishedReports(runFolder: string): Promise<void> {
  try {
    for (const name of (await readdir(runFolder)).filter((one) => UNFINISHED.test(one))) {
      const file = path.join(runFolder, name);
      // Another process may be writing a page of its own.
      if (Date.now() - (await stat(file)).mtimeMs > ABANDONED) await rm(file, { force: true });
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReportError(`${runFolder} cannot be tidied up: ${why}.`, { cause: error });
  }
}
