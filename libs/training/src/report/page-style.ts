/** The report's style sheet: light and dark as the reader has it, one column on a phone. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #fff; --card: #f7f7f5; --ink: #1c1c1a; --soft: #63625d; --rule: #dcdbd6;
  --s0: #0000; --s1: #00000009; --good: #1a7f37; --busy: #9a6700;
  --c0: #2a78d6; --c1: #d9541e; --c2: #128a60; --c3: #b07800; --c4: #c2498a; --c5: #008300; --c6: #4a3aa7; --c7: #d03b3b; }
@media (prefers-color-scheme: dark) { :root { --ground: #161614; --card: #20201d; --ink: #f1f0ea; --soft: #a6a59d;
  --rule: #3a3935; --s1: #ffffff0a; --good: #4ac26b; --busy: #d4a72c;
  --c0: #5ba0f2; --c1: #f0814f; --c2: #3fc294; --c3: #e0a92e; --c4: #ec86b8; --c5: #5cc25c; --c6: #a596f5; --c7: #f27878; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 16px; max-width: 1400px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 4px; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 32px 0 12px; }
h3 { font-size: 1rem; margin: 20px 0 8px; }
p, ul { margin: 4px 0 12px; } small, .soft { color: var(--soft); font-weight: normal; }
.state { font-size: .85rem; padding: 2px 10px; border-radius: 99px; border: 1px solid; vertical-align: middle; color: var(--busy); }
.state.finished { color: var(--good); }
.wide { overflow-x: auto; margin-bottom: 16px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 14px 4px 0; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; white-space: normal; } th { font-weight: 600; }
table.text td { text-align: left; white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
table.text td:first-child { white-space: nowrap; }
pre { overflow-x: auto; background: var(--card); padding: 12px; border-radius: 8px; font-size: 13px; }
summary { cursor: pointer; padding: 4px 0; }
.charts { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); }
.chart { margin: 0; padding: 12px; background: var(--card); border-radius: 8px; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: 8px; }
.area { position: relative; height: 240px; margin: 0 6px 26px 54px; }
.plot { position: absolute; inset: 0; touch-action: pan-y; cursor: crosshair; }
.plot svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: hidden; }
.plot path { fill: none; stroke-width: 1; vector-effect: non-scaling-stroke; }
.x, .y, .band { position: absolute; font-size: 11px; line-height: 1; color: var(--soft); white-space: nowrap; }
.y { right: calc(100% + 6px); transform: translateY(50%); } .x { top: calc(100% + 6px); transform: translateX(-50%); }
.band { top: 4px; padding: 0 4px; overflow: hidden; text-overflow: ellipsis; pointer-events: none; }
.grid { stroke: var(--rule); } .mark { stroke: var(--soft); stroke-dasharray: 2 3; }
.stage.s0 { fill: var(--s0); } .stage.s1 { fill: var(--s1); }
path.line { stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; } path.broken { stroke-dasharray: 5 4; }
path.dashed { stroke-width: 1.5; stroke-dasharray: 7 5; } .d0 { stroke: var(--soft); color: var(--soft); }
.d1 { stroke: var(--ink); color: var(--ink); } path.off { display: none; }
.c0 { stroke: var(--c0); color: var(--c0); } .c1 { stroke: var(--c1); color: var(--c1); } .c2 { stroke: var(--c2); color: var(--c2); }
.c3 { stroke: var(--c3); color: var(--c3); } .c4 { stroke: var(--c4); color: var(--c4); } .c5 { stroke: var(--c5); color: var(--c5); }
.c6 { stroke: var(--c6); color: var(--c6); } .c7 { stroke: var(--c7); color: var(--c7); }
.cross { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--ink); opacity: .5; pointer-events: none; }
.tip { position: absolute; top: 18px; z-index: 2; padding: 6px 10px; background: var(--ground); border: 1px solid var(--rule);
  border-radius: 6px; font-size: 12px; white-space: nowrap; pointer-events: none; font-variant-numeric: tabular-nums; }
[hidden] { display: none !important; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 13px; }
.legend button { all: unset; cursor: pointer; } .legend button:focus-visible, .plot:focus-visible { outline: 2px solid var(--c0); }
.legend button[aria-pressed=false] { opacity: .4; } .legend b, .tip b { font-weight: 600; color: var(--ink); }
.legend i, .tip i { display: inline-block; width: 16px; margin-right: 6px; vertical-align: middle; border-top: 3px solid currentColor; }
.legend i.broken, .legend i.dashed, .tip i.broken, .tip i.dashed { border-top-style: dashed; }
.sample { margin: 0 0 20px; } .sample img { display: block; max-width: 100%; border-radius: 4px; cursor: zoom-in; }
.columns { display: flex; font-size: 12px; color: var(--soft); } .columns span { flex: 1; text-align: center; }
.small { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); }
.small .sample { margin: 0; } .small img { width: 100%; }
dialog { border: 0; padding: 0; max-width: 100vw; max-height: 100vh; overflow: auto; background: #000; }
dialog::backdrop { background: #000c; } dialog img { display: block; cursor: zoom-out; }
label { white-space: nowrap; }
`;
