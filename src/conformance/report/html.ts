// Writes the result of a check as one self-contained HTML page.

import { CASE_COUNT, CASE_GROUPS } from '../cases.ts'
import { STYLE } from './html-style.ts'
import {
  describeCount,
  describeProvider,
  isGood,
  type NeedResult,
  type ProviderReport,
  type Report,
  type Result,
  type Shown,
  VERDICTS,
  type Verdict,
  wordsOf,
} from './report.ts'

/** Verdicts in the order of the filter, each with its sign. */
const SIGNS: { readonly [verdict in Verdict]: string } = {
  must: '✕',
  should: '!',
  differs: '≠',
  untested: '?',
  unadvertised: '–',
  passed: '✓',
}
const ORDER = Object.keys(SIGNS) as readonly Verdict[]

/** Shows the cases of the chosen verdict; without it all are shown. */
const SCRIPT = `
const buttons = [...document.querySelectorAll('button[data-verdict]')]
const choose = (verdict) => {
  document.body.dataset.only = verdict
  for (const one of buttons) one.setAttribute('aria-pressed', String(one.dataset.verdict === verdict))
  for (const group of document.querySelectorAll('section.group')) {
    group.hidden = verdict !== 'all' && group.querySelector('.case.' + verdict) === null
  }
}
for (const one of buttons) one.addEventListener('click', () => choose(one.dataset.verdict))
choose(document.body.dataset.first)
`

/**
 * The report as one page that loads nothing from elsewhere, to be attached to a ticket.
 * @example
 * writeFileSync('scim.html', writeHtml(report))
 */
export function writeHtml(report: Report): string {
  const { counts } = report
  const worst = ORDER.find((verdict) => verdict !== 'passed' && counts[verdict] > 0)
  const first = worst === 'must' || worst === 'should' ? worst : 'all'
  const but = [
    counts.should > 0 ? describeCount('should', counts.should) : '',
    // A server that breaks off at every PATCH fails no MUST of PATCH.
    counts.untested > 0 ? `${counts.untested} could not be tested` : '',
  ].filter((each) => each !== '')
  const said = report.stopped
    ? 'Stopped before the end'
    : counts.must > 0
      ? describeCount('must', counts.must)
      : ['Conformant', ...but].join('; ')
  // Without the script nothing is hidden: ticket systems often show a page without running it.
  const button = (verdict: Verdict | 'all', label: string, count: number) =>
    `<button type="button" class="${verdict}" data-verdict="${verdict}" aria-pressed="false"><b>${count}</b> ${label}</button>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>SCIM check of ${mark(report.url)}</title>
<style>${STYLE}</style>
</head>
<body data-only="all" data-first="${first}">
<header>
<p class="over">SCIM 2.0 check</p>
<h1>${mark(report.url)}</h1>
<p class="said ${isGood(report) ? 'good' : 'bad'}">${said}</p>
<p class="facts">${mark(report.started.replace('T', ' ').slice(0, 16))} UTC · ${report.results.length}${report.results.length < CASE_COUNT ? ` of ${CASE_COUNT}` : ''} cases · ${report.requests} requests · ${(report.ms / 1000).toFixed(1)} s</p>
${report.note === undefined ? '' : `<p class="facts">${mark(report.note)}</p>\n`}<div class="bar" role="img" aria-label="${ORDER.map((verdict) => describeCount(verdict, counts[verdict])).join(', ')}">${ORDER.map((verdict) => (counts[verdict] > 0 ? `<span class="${verdict}" style="flex:${counts[verdict]}"></span>` : '')).join('')}</div>
<nav aria-label="Verdicts">${button('all', 'all', report.results.length)}${ORDER.filter(
    (verdict) => counts[verdict] > 0,
  )
    .map((verdict) => button(verdict, wordsOf(verdict, counts[verdict]), counts[verdict]))
    .join('')}</nav>
</header>
<main>
${report.providers.map(writeProvider).join('\n')}
${CASE_GROUPS.map(({ name, title }) =>
  writeGroup(
    title,
    report.results.filter(({ group }) => group === name),
  ),
).join('\n')}
${writeLeft(report)}
</main>
<footer>Written by <code>lockstep check</code>. Credentials are left out, and of lists only what the check has created itself is shown.</footer>
<script>${SCRIPT}</script>
</body>
</html>
`
}

function writeGroup(title: string, results: readonly Result[]): string {
  if (results.length === 0) return ''
  return `<section class="group"><h2>${mark(title)}</h2>\n${results.map(writeResult).join('\n')}\n</section>`
}

function writeResult(result: Result): string {
  const { id, verdict, title, section, level, expected, reason, fix, exchanges = [] } = result
  const head = `<span class="sign" title="${VERDICTS[verdict]}">${SIGNS[verdict]}</span><span class="title">${mark(title)}</span><code>${mark(id)}</code>`
  if (verdict === 'passed') return `<div class="case passed"><div class="line">${head}</div></div>`
  const facts = [
    ['verdict', VERDICTS[verdict]],
    ['expected', expected],
    ['why', reason],
    ['where', `${section} (${level})`],
    ['likely fix', expected === undefined ? undefined : fix],
  ]
    .filter((fact): fact is [string, string] => fact[1] !== undefined)
    .map(([name, text]) => `<dt>${name}</dt><dd>${mark(text)}</dd>`)
    .join('')
  const open = verdict === 'must' || verdict === 'should' ? ' open' : ''
  return `<details class="case ${verdict}"${open}><summary class="line">${head}</summary><dl>${facts}</dl>${writeExchanges(exchanges)}</details>`
}

function writeProvider(provider: ProviderReport): string {
  const { name, works, needs } = provider
  return `<section class="provider"><h2>${mark(name)}</h2><details${works ? '' : ' open'}><summary class="said ${works ? 'good' : 'bad'}">${mark(`${name} ${describeProvider(provider)}`)}</summary>\n${needs.map(writeNeed).join('\n')}\n</details></section>`
}

function writeNeed({ title, verdict, optional, reason, fix, exchanges = [] }: NeedResult): string {
  const kind: Verdict =
    verdict === 'works' ? 'passed' : verdict === 'untested' ? 'untested' : optional === true ? 'should' : 'must'
  const note = optional === true ? ' <small>only in some set-ups</small>' : ''
  const head = `<span class="sign">${SIGNS[kind]}</span><span class="title">${mark(title)}${note}</span>`
  if (verdict === 'works') return `<div class="need passed"><div class="line">${head}</div></div>`
  const facts = `<dt>why</dt><dd>${mark(reason ?? '')}</dd>${fix === undefined ? '' : `<dt>likely fix</dt><dd>${mark(fix)}</dd>`}`
  return `<details class="need ${kind}"${kind === 'must' ? ' open' : ''}><summary class="line">${head}</summary><dl>${facts}</dl>${writeExchanges(exchanges)}</details>`
}

function writeExchanges(exchanges: readonly Shown[]): string {
  return exchanges
    .map(
      ({ request, answer }) =>
        `<div class="exchange"><div><h3>Request</h3><pre>${mark(request)}</pre></div><div><h3>Answer</h3><pre>${mark(answer)}</pre></div></div>`,
    )
    .join('')
}

function writeLeft({ left, leftovers }: Report): string {
  const list = (title: string, urls: readonly string[]) =>
    urls.length === 0
      ? ''
      : `<section class="left"><h2>${title}</h2><ul>${urls.map((url) => `<li><code>${mark(url)}</code></li>`).join('')}</ul></section>`
  return list('Could not be removed', left) + list('Left by an earlier check', leftovers)
}

/** Text escaped for HTML. */
function mark(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
