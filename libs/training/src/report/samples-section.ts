import { markup, type Markup } from './markup.js';
import { placeOf } from './place.js';
import type { SamplePicture, SamplePictures } from './sample-pictures.js';

/** The sample grids, newest first: some large, the others small. A click shows one at its own size. */
export function samplesSection({ large, small, unreadable, leftOut }: SamplePictures): Markup {
  if (large.length + small.length + unreadable.length === 0) return markup`<p class="soft">No samples yet.</p>`;
  return markup`${large.toReversed().map(figure)}
${small.length > 0 ? markup`<h3>The other epochs, small</h3><div class="small">${small.toReversed().map(figure)}</div>` : undefined}
${leftOut > 0 ? markup`<p class="soft">${leftOut} more lie in the run's folder; there was no room for them here.</p>` : undefined}
${unreadable.length > 0 ? markup`<p class="soft">Missing or damaged: ${unreadable.slice(0, 20).join(', ')}${unreadable.length > 20 ? ` and ${unreadable.length - 20} more` : ''}</p>` : undefined}`;
}

function figure({ entry, source, width, height }: SamplePicture): Markup {
  return markup`<figure class="sample"><figcaption>${placeOf(entry)}</figcaption>
<div class="columns" style="max-width:${width}px">${entry.columns.map((column) => markup`<span>${column}</span>`)}</div>
<img src="${source}" width="${width}" height="${height}" style="height:auto" alt="${entry.columns.join(', ')}: ${placeOf(entry)}"></figure>`;
}
