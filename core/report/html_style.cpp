#include "core/report/html_style.h"

namespace foreshard::report {

// Colours are those of the workbench, so that a shard looks the same on a page and in a report.
const char* const htmlStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--panel:#f4f5f6;--line:#d3d7db;--text:#1c2126;--second:#5a636c;--accent:#1a66c2;
--bar:#d4e4f8;--warn:#8a5a00;
--s0:#0072b2;--s1:#d08700;--s2:#008c66;--s3:#c2609a;--s4:#3fa0d8;--s5:#7a5a1e;--s6:#c8500a;--s7:#6a51a3;
--h0:#fde8c8;--h1:#facf99;--h2:#f7b56d;--h3:#f09a47;--h4:#e68027;--h5:#d76813;--h6:#c45315;--h7:#ab4320;--h8:#903828;
--h9:#71312c;--h10:#5c2325;--h11:#4a121b}
@media (prefers-color-scheme:dark){:root{--bg:#1b1e22;--panel:#22262b;--line:#3d444c;--text:#e4e7ea;--second:#a3acb5;
--accent:#6cb0ff;--bar:#294263;--warn:#e8b34b;
--s0:#4ba3e3;--s1:#f0b040;--s2:#35b58b;--s3:#e39ac4;--s4:#a5dcff;--s5:#b0905a;--s6:#f47c48;--s7:#9c86dc;
--h0:#4a2929;--h1:#692e29;--h2:#863424;--h3:#a13d1a;--h4:#b94b07;--h5:#cc5e00;--h6:#db7510;--h7:#e58e35;--h8:#eba75b;
--h9:#eec085;--h10:#fad69c;--h11:#ffebae}}
@media print{:root{color-scheme:light;--bg:#fff;--panel:#fff;--line:#bbb;--text:#000;--second:#444;--accent:#000;--bar:#d4e4f8;
--s0:#0072b2;--s1:#d08700;--s2:#008c66;--s3:#c2609a;--s4:#3fa0d8;--s5:#7a5a1e;--s6:#c8500a;--s7:#6a51a3;
--h0:#fde8c8;--h1:#facf99;--h2:#f7b56d;--h3:#f09a47;--h4:#e68027;--h5:#d76813;--h6:#c45315;--h7:#ab4320;--h8:#903828;
--h9:#71312c;--h10:#5c2325;--h11:#4a121b}
section{break-inside:auto}figure,tr{break-inside:avoid}h2,h3{break-after:avoid}nav{display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1060px;padding:24px 24px 64px;background:var(--bg);color:var(--text);
font:15px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
h1{font-size:1.6em;margin:0}h2{font-size:1.35em;margin:48px 0 4px;border-top:1px solid var(--line);padding-top:16px}
h3{font-size:1em;margin:24px 0 8px}
p.answer{font-size:1.12em;margin:0 0 16px}p.made,p.more,ul.notes{color:var(--second);font-size:.9em}
nav a{margin-right:16px;color:var(--accent)}
figure{margin:0;background:var(--panel);border:1px solid var(--line);padding:12px}
svg{display:block;width:100%;height:auto}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.87em}
th{text-align:left;font-weight:600;border-bottom:1px solid var(--line);padding:4px 12px 4px 0;vertical-align:bottom}
td{border-bottom:1px solid var(--line);padding:4px 12px 4px 0;vertical-align:top}
th .unit{display:block;font-weight:400;color:var(--second)}
.num{text-align:right;font-variant-numeric:tabular-nums}td.num{white-space:nowrap}
td.code{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.92em;overflow-wrap:break-word}
td.wide{min-width:22em}td.wide.code{overflow-wrap:anywhere}
tr.above td{border-bottom:none;padding-bottom:0}td.below{color:var(--second);padding-bottom:8px}
td .bar{display:block;height:4px;margin-top:2px;background:var(--bar);border-right:2px solid var(--accent)}
svg text{font:12px system-ui,"DejaVu Sans",sans-serif;fill:var(--text)}
svg text.tick{fill:var(--second);font-size:11px}svg text.small{font-size:10px}svg text.name{font-weight:600}
.axis{stroke:var(--second);stroke-width:1}.grid{stroke:var(--line);stroke-width:1}.now{stroke:var(--text);stroke-dasharray:2 3}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round}.dashed{stroke-dasharray:5 3}.band{opacity:.22}
.line.s0{stroke:var(--s0)}.line.s1{stroke:var(--s1)}.line.s2{stroke:var(--s2)}.line.s3{stroke:var(--s3)}
.line.s4{stroke:var(--s4)}.line.s5{stroke:var(--s5)}.line.s6{stroke:var(--s6)}.line.s7{stroke:var(--s7)}
.band.s0{fill:var(--s0)}.band.s1{fill:var(--s1)}.band.s2{fill:var(--s2)}.band.s3{fill:var(--s3)}
.band.s4{fill:var(--s4)}.band.s5{fill:var(--s5)}.band.s6{fill:var(--s6)}.band.s7{fill:var(--s7)}
.h0{fill:var(--h0)}.h1{fill:var(--h1)}.h2{fill:var(--h2)}.h3{fill:var(--h3)}.h4{fill:var(--h4)}.h5{fill:var(--h5)}
.h6{fill:var(--h6)}.h7{fill:var(--h7)}.h8{fill:var(--h8)}.h9{fill:var(--h9)}.h10{fill:var(--h10)}.h11{fill:var(--h11)}
.dot.s0{fill:var(--s0)}.dot.s1{fill:var(--s1)}.dot.s2{fill:var(--s2)}.dot.s3{fill:var(--s3)}
.dot.s4{fill:var(--s4)}.dot.s5{fill:var(--s5)}.dot.s6{fill:var(--s6)}.dot.s7{fill:var(--s7)}
.dot{stroke:var(--panel);stroke-width:1.5}.dot.beaten{fill-opacity:.3}.dot.alone{fill:var(--second)}
.edge{stroke:var(--second);stroke-opacity:.7}.edge.apart{stroke:var(--warn);stroke-opacity:1;stroke-dasharray:5 4}
.edge.w1{stroke-width:1}.edge.w2{stroke-width:2}.edge.w3{stroke-width:3.5}.edge.w4{stroke-width:5}
)css";

}  // namespace foreshard::report
