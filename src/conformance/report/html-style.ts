// The style sheet of the HTML report.

/** How the page looks: light and dark, on screens and on paper. */
export const STYLE = `
:root{--server:#fff;--panel:#f6f7f9;--line:#dde1e7;--text:#1b1f24;--soft:#5b6470;--must:#b3261e;--should:#8a5a00;--differs:#00697a;--untested:#7b3fa0;--unadvertised:#6b7280;--passed:#1b7f3b}
@media (prefers-color-scheme:dark){:root{--server:#14171b;--panel:#1c2127;--line:#323942;--text:#e7eaee;--soft:#a0a9b5;--must:#ff8a80;--should:#ffc266;--differs:#6fd3e3;--untested:#d3a5f0;--unadvertised:#9aa3af;--passed:#7bd896}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:68rem;padding:2rem 1.25rem 4rem;background:var(--server);color:var(--text);font:15px/1.5 system-ui,sans-serif}
h1{margin:.1rem 0 .6rem;font-size:1.5rem;overflow-wrap:anywhere}
h2{margin:2.2rem 0 .5rem;font-size:1.1rem}
h3{margin:0 0 .3rem;font-size:.75rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft)}
p{margin:.2rem 0}
code,pre{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace}
.over,.facts,footer,small{color:var(--soft)}
.said{font-weight:600;font-size:1.1rem}
.provider>details>summary::after{content:' ▾';color:var(--soft);font-weight:400}
.said.good{color:var(--passed)}
.said.bad{color:var(--must)}
.bar{display:flex;gap:2px;height:10px;margin:1rem 0;border-radius:5px;overflow:hidden}
.bar span{min-width:4px}
.bar .must{background:var(--must)}.bar .should{background:var(--should)}.bar .differs{background:var(--differs)}.bar .untested{background:var(--untested)}.bar .unadvertised{background:var(--unadvertised)}.bar .passed{background:var(--passed)}
nav{display:flex;flex-wrap:wrap;gap:.4rem}
button{padding:.3rem .7rem;border:1px solid var(--line);border-radius:1rem;background:var(--panel);color:var(--text);font:inherit;font-size:.85rem;cursor:pointer}
button[aria-pressed=true]{border-color:currentColor;box-shadow:inset 0 0 0 1px currentColor}
button:focus-visible,summary:focus-visible{outline:2px solid var(--differs);outline-offset:2px}
button.must{color:var(--must)}button.should{color:var(--should)}button.differs{color:var(--differs)}button.untested{color:var(--untested)}button.unadvertised{color:var(--unadvertised)}button.passed{color:var(--passed)}
.case,.need{border-top:1px solid var(--line)}
.line{display:flex;gap:.7rem;align-items:baseline;padding:.35rem .2rem}
summary{cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
.title{flex:1}
.sign{width:1.1rem;text-align:center;font-weight:700}
.must .sign{color:var(--must)}.should .sign{color:var(--should)}.differs .sign{color:var(--differs)}.untested .sign{color:var(--untested)}.unadvertised .sign{color:var(--unadvertised)}.passed .sign{color:var(--passed)}
.line code{color:var(--soft)}
dl{display:grid;grid-template-columns:6.5rem 1fr;gap:.15rem .8rem;margin:.2rem 0 .8rem 2rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.exchange{display:grid;grid-template-columns:1fr 1fr;gap:.8rem;margin:0 0 .9rem 2rem}
.exchange>div{min-width:0}
pre{margin:0;padding:.6rem .8rem;max-height:26rem;overflow:auto;border:1px solid var(--line);border-radius:6px;background:var(--panel);white-space:pre-wrap;overflow-wrap:anywhere}
footer{margin-top:3rem;font-size:.85rem}
body[data-only=must] .case:not(.must),body[data-only=should] .case:not(.should),body[data-only=differs] .case:not(.differs),body[data-only=untested] .case:not(.untested),body[data-only=unadvertised] .case:not(.unadvertised),body[data-only=passed] .case:not(.passed){display:none}
@media (max-width:44rem){.exchange{grid-template-columns:1fr;margin-left:0}dl{grid-template-columns:1fr;margin-left:0}dt{margin-top:.4rem}}
@media print{nav{display:none}body{max-width:none}pre{max-height:none}}
`
