import path from 'node:path';

const LONGEST = 60;

/** `film-s0012-f003456.jpg`: pictures of several films can lie in one folder, and sort by film, shot and time. */
export function pictureName(film: string, shot: number, frame: number): string {
  return `${stemOf(film)}-s${String(shot).padStart(4, '0')}-f${String(frame).padStart(6, '0')}.jpg`;
}

/** The film's name without what makes trouble in file names and on command lines. */
function stemOf(film: string): string {
  const stem = path.parse(film).name.normalize('NFC');
  const plain = stem.replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '_').replace(/^[.-]+/, '');
  // By letters, not by their halves.
  return Array.from(plain).slice(0, LONGEST).join('') || 'film';
}
