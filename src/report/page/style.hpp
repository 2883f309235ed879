// The style of the pages. Layer 1.
#pragma once

#include <string_view>

namespace amend::report {

// Colours: Okabe and Ito, "Color Universal Design"; lighter ones of the same hues on a dark ground.
inline constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --ground: #fff; --panel: #f6f7f9; --text: #1b1f24; --soft: #57606a; --rule: #d0d7de;
  --good: #00664b; --bad: #a33f00; --i0: #0072b2; --i1: #d55e00; --i2: #009e73; --i3: #b37700; --i4: #56b4e9; --i5: #b0518a;
  --i6: #6e7781; --b0: #b0518a66; --b1: #e69f0080; --b2: #d55e0080; }
@media screen and (prefers-color-scheme: dark) { :root { --ground: #0f1419; --panel: #181f27; --text: #e6edf3;
  --soft: #a3b0bd; --rule: #38424d; --good: #4ad3a8; --bad: #ff9a5c; --i0: #5db8f0; --i1: #ff8f52; --i2: #3ccb9f;
  --i3: #f0b429; --i4: #a5dbfa; --i5: #e79bc8; --i6: #9aa6b2; --b0: #e79bc84d; --b1: #f0b42959; --b2: #ff8f5259; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 1.2rem 1rem 3rem; }
h1 { font-size: 1rem; font-weight: 600; color: var(--soft); line-height: 1.25; margin: 0 0 .2rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: .95rem; margin: 1rem 0 .3rem; }
p { margin: .3rem 0; max-width: 75ch; overflow-wrap: anywhere; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: .3rem 0; padding: .5rem .7rem; background: var(--panel); border: 1px solid var(--rule); border-radius: 4px;
  overflow-x: auto; font: .88rem/1.5 ui-monospace, monospace; }
.soft, .note, figcaption small { color: var(--soft); }
.note { font-size: .85rem; }
.warning { border-left: 4px solid var(--bad); padding: .3rem .7rem; background: var(--panel); }
.standing { font-size: 1.3rem; line-height: 1.3; font-weight: 600; max-width: none; }
.standing.well { color: var(--good); }
.standing.ill { color: var(--bad); }
.scroll { overflow-x: auto; }
.cards { display: flex; flex-wrap: wrap; gap: .6rem; margin: .8rem 0; padding: 0; list-style: none; }
.cards li { flex: 1 1 7.5rem; background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: .45rem .7rem; }
.cards b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.cards .ill b { color: var(--bad); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .28rem .7rem .28rem 0; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; color: var(--soft); }
thead th { white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.id { white-space: nowrap; font: .88em/1.7 ui-monospace, monospace; }
td code { white-space: nowrap; }
td.words { min-width: 15rem; overflow-wrap: anywhere; }
.scroll th[scope=row] { min-width: 9.5rem; }
table.pairs th { width: 11rem; }
table.pairs td { overflow-wrap: anywhere; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: 1rem 1.6rem; align-items: start; }
.two > * { min-width: 0; }
figure { margin: 0 0 .6rem; min-width: 0; }
figcaption { font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .1rem 0 .3rem; padding: 0; list-style: none; font-size: .82rem; }
.legend svg { width: 26px; height: 10px; margin-right: .35rem; overflow: visible; }
.legend i { display: inline-block; width: 20px; height: 10px; margin-right: .35rem; border: 1px solid var(--rule); }
.frame { display: grid; grid-template-columns: 3.2rem minmax(0, 1fr); font-size: 12px; color: var(--soft); }
.frame .y-title { grid-column: 1 / 3; }
.y-axis, .plot { position: relative; height: 190px; margin-top: .9rem; }
.y-axis span { position: absolute; right: .4rem; transform: translateY(50%); line-height: 1; }
.plot { border-left: 1px solid var(--soft); border-bottom: 1px solid var(--soft); }
.plot > svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.x-axis { grid-column: 2; position: relative; height: 1.3rem; }
.x-axis span { position: absolute; top: .25rem; transform: translateX(-50%); line-height: 1; white-space: nowrap; }
.x-title { grid-column: 2; text-align: center; }
svg path, svg line { fill: none; vector-effect: non-scaling-stroke; stroke-linecap: round; stroke-linejoin: round; stroke-width: 2px; }
svg .dot { stroke-width: 6px; stroke-dasharray: none; }
svg .grid { stroke: var(--rule); stroke-width: 1px; }
svg rect { fill: var(--i0); }
.k0 { stroke: var(--i0); } .k1 { stroke: var(--i1); stroke-dasharray: 7 4; } .k2 { stroke: var(--i2); stroke-dasharray: 2 4; }
.k3 { stroke: var(--i3); stroke-dasharray: 9 4 2 4; } .k4 { stroke: var(--i4); stroke-dasharray: 12 4; }
.k5 { stroke: var(--i5); stroke-dasharray: 4 3; } .k6 { stroke: var(--i6); stroke-width: 1.5px; stroke-dasharray: 1 5; }
.band { position: absolute; top: 0; bottom: 0; min-width: 2px; }
.band0 { background: repeating-linear-gradient(45deg, var(--b0) 0 4px, transparent 4px 9px); }
.band1 { background: repeating-linear-gradient(-45deg, var(--b1) 0 4px, transparent 4px 9px); }
.band2 { background: var(--b2); }
.band3 { background: repeating-linear-gradient(90deg, var(--b2) 0 4px, transparent 4px 9px); }
.mark { position: absolute; top: 0; bottom: 0; border-left: 1px dashed var(--text); }
.mark span { position: absolute; bottom: 100%; left: 0; transform: translateX(-50%); color: var(--text); white-space: nowrap; line-height: 1.1; }
.mark.at-end span { left: auto; right: 0; transform: none; }
.shares { display: grid; grid-template-columns: minmax(5rem, max-content) minmax(3rem, 1fr) max-content; gap: .25rem .7rem; align-items: center; font-size: .88rem; }
.shares .name { overflow-wrap: anywhere; }
.shares .count { text-align: right; font-variant-numeric: tabular-nums; }
.shares .rail { background: var(--panel); height: .95rem; }
.shares .rail div { height: 100%; min-width: 1px; }
.f0 { background: var(--i0); } .f1 { background: var(--i1); } .f2 { background: var(--i2); } .f3 { background: var(--i3); }
.f4 { background: var(--i4); } .f5 { background: var(--i5); } .f6 { background: var(--i6); }
@media (max-width: 560px) { body { font-size: 14px; } main { padding: .8rem .6rem 2rem; } table.pairs th { width: 7.5rem; }
  .y-axis, .plot { height: 165px; }
  table.stack thead { display: none; } table.stack, .stack tbody, .stack tr, .stack td { display: block; }
  .stack tr { padding: .5rem 0; border-bottom: 1px solid var(--rule); }
  .stack td { padding: .1rem 0; border: 0; text-align: left; white-space: normal; } .stack br { display: block; }
  .stack td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); } }
@media print { body { font-size: 10.5pt; } main { max-width: none; padding: 0; } .scroll { overflow: visible; }
  figure, tr, .cards { break-inside: avoid; } h2, h3 { break-after: avoid; } td.id, td.n { white-space: normal; }
  .band, .shares div, .legend i, .cards li { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)css";

}  // namespace amend::report
