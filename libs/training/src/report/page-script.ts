/**
 * The report's script: values under the pointer (or by the arrow keys), curves on and off, pictures at full size, and a
 * page that loads itself again. It needs nothing but the page, and works from a file.
 */
export const PAGE_SCRIPT = String.raw`
'use strict';
const read = (element) => JSON.parse(element.querySelector('script[type="application/json"]').textContent);
const axes = new Map([...document.querySelectorAll('.axis')].map((axis) => [axis.dataset.axis, read(axis)]));
const number = (value) => {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return Number(value.toPrecision(4)).toExponential().replace('e+', 'e');
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 });
};
const nearest = (list, value) => {
  let low = 0, high = list.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle; else high = middle;
  }
  return value - list[low] < list[high] - value ? low : high;
};
const row = (classes, name, value) => {
  const line = document.createElement('div'), swatch = document.createElement('i'), shown = document.createElement('b');
  swatch.className = classes;
  shown.textContent = number(value);
  line.append(swatch, name + ' ', shown);
  return line;
};
for (const chart of document.querySelectorAll('.chart')) {
  const data = read(chart), { x, places } = axes.get(data.axis);
  const plot = chart.querySelector('.plot'), cross = chart.querySelector('.cross'), tip = chart.querySelector('.tip');
  const lines = [...chart.querySelectorAll('path[data-curve]')];
  let at = -1;
  const show = (index) => {
    at = Math.max(0, Math.min(x.length - 1, index));
    const share = data.high > data.low ? (x[at] - data.low) / (data.high - data.low) : 0;
    cross.style.left = 100 * share + '%';
    const head = document.createElement('div');
    head.textContent = 'step ' + x[at].toLocaleString('en-US') + (places[at] ? ' · ' + places[at] : '');
    const rows = data.curves.flatMap(({ name, values }, i) =>
      values[at] === null || lines[i].classList.contains('off') ? [] : [row(lines[i].getAttribute('class'), name, values[at])]);
    const dashed = data.dashed.map(({ name, value }, i) => row('dashed d' + (i % 2), name, value));
    tip.replaceChildren(head, ...rows, ...dashed);
    cross.hidden = tip.hidden = false;
    const room = plot.clientWidth - tip.offsetWidth, left = share * plot.clientWidth;
    tip.style.left = Math.max(Math.min(0, room), Math.min(room, left + 12 > room ? left - tip.offsetWidth - 12 : left + 12)) + 'px';
  };
  const hide = () => { cross.hidden = tip.hidden = true; };
  const follow = (event) => {
    const box = plot.getBoundingClientRect();
    show(nearest(x, data.low + ((event.clientX - box.left) / box.width) * (data.high - data.low)));
  };
  plot.addEventListener('pointermove', follow);
  plot.addEventListener('pointerdown', follow);
  plot.addEventListener('pointerleave', hide);
  plot.addEventListener('blur', hide);
  plot.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    show(at + by);
  });
  for (const button of chart.querySelectorAll('button[data-curve]')) {
    button.addEventListener('click', () => {
      const off = lines[button.dataset.curve].classList.toggle('off');
      button.setAttribute('aria-pressed', String(!off));
    });
  }
}
const dialog = document.querySelector('dialog');
for (const picture of document.querySelectorAll('.sample img')) {
  picture.addEventListener('click', () => {
    const large = document.createElement('img');
    large.src = picture.src;
    large.alt = picture.alt;
    dialog.replaceChildren(large);
    dialog.showModal();
  });
}
dialog.addEventListener('click', () => dialog.close());
const updated = document.querySelector('[data-updated]');
const since = () => {
  const minutes = Math.round((Date.now() - Date.parse(updated.dataset.updated)) / 60000);
  if (minutes >= 0 && minutes < 60 * 48) {
    updated.textContent =
      ', ' + (minutes < 1 ? 'just now' : minutes < 120 ? minutes + ' min ago' : Math.round(minutes / 60) + ' h ago');
  }
};
if (updated) { since(); setInterval(since, 30000); }
const again = document.querySelector('#again');
if (again) {
  again.checked = location.hash === '#reload';
  again.addEventListener('change', () => { location.hash = again.checked ? 'reload' : 'stay'; });
  setInterval(() => { if (again.checked && !document.hidden && !dialog.open) location.reload(); }, 30000);
}
`;
