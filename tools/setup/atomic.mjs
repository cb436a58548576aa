import { randomUUID } from 'node:crypto';
import { copyFile, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Written last into a folder that was filled beside its place; a folder without it is not taken for whole. */
const MANIFEST = 'complete.json';

/**
 * Fills a folder beside its final place and renames it when it is whole, so that nobody ever sees half of it.
 *
 * @param {string} folder
 * @param {(partial: string) => Promise<void>} fill
 * @param {{ files: readonly string[] }} proof the files (relative) whose sizes the manifest records
 */
export async function fillFolder(folder, fill, { files }) {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  await removePartials(folder);
  const partial = partialName(folder);
  try {
    await mkdir(partial);
    await fill(partial);
    const sizes = {};
    for (const file of files) sizes[file] = (await stat(join(partial, file))).size;
    await writeFile(join(partial, MANIFEST), JSON.stringify({ sizes }, undefined, 2));
    const old = partialName(folder);
    if (await exists(folder)) await rename(folder, old);
    await rename(partial, folder);
    await rm(old, { recursive: true, force: true });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether `fillFolder` finished it and the files still have the sizes that they had
 */
export async function isWhole(folder) {
  try {
    const { sizes } = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8'));
    for (const [file, size] of Object.entries(sizes)) {
      if ((await stat(join(folder, file))).size !== size) return false;
    }
    return true;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Removes what an earlier run, killed outright, left beside `folder`. Only under the lock. */
async function removePartials(folder) {
  const prefix = `.${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(prefix)) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** Copies a file so that its final name holds either the old or the whole new content. */
export async function placeFile(from, to) {
  await mkdir(dirname(to), { recursive: true });
  const partial = partialName(to);
  try {
    await copyFile(from, partial);
    await rename(partial, to);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Points a symbolic link at `target`, replacing what was there. */
export async function placeLink(target, link) {
  await mkdir(dirname(link), { recursive: true });
  const there = await lstat(link).catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (there?.isDirectory()) await rm(link, { recursive: true });
  const partial = partialName(link);
  await symlink(target, partial);
  await rename(partial, link);
}

/** @param {string} path @returns {Promise<boolean>} following links */
export async function exists(path) {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
    throw error;
  }
}

function partialName(path) {
  return join(dirname(path), `.${basename(path)}.partial-${randomUUID()}`);
}
