import type { Report, Result, Shown } from './report.ts'

/** The report as JUnit XML, which CI systems read: a MUST failed is a failure, everything that was not tried is skipped. */
export function writeJunit(report: Report): string {
  const groups = [...new Set(report.results.map(({ group }) => group))]
  const suites = groups.map((group) =>
    suite(
      group,
      report.results.filter((one) => one.group === group),
    ),
  )
  const providers = report.providers.map((provider) => {
    const cases = provider.needs.map(({ title, verdict, reason, exchanges }) => {
      const inner =
        verdict === 'fails'
          ? `<failure message="${xml(reason ?? '')}">${xml(tell(exchanges))}</failure>`
          : verdict === 'untested'
            ? `<skipped message="${xml(reason ?? '')}"/>`
            : ''
      return `    <testcase classname="${xml(provider.kind)}" name="${xml(title)}">${inner}</testcase>`
    })
    const failures = provider.needs.filter(({ verdict }) => verdict === 'fails').length
    const skipped = provider.needs.filter(({ verdict }) => verdict === 'untested').length
    return `  <testsuite name="for ${xml(provider.kind)}" tests="${cases.length}" failures="${failures}" skipped="${skipped}">\n${cases.join('\n')}\n  </testsuite>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(report.url)}" time="${report.ms / 1000}">\n${[...suites, ...providers].join('\n')}\n</testsuites>\n`
}

function suite(name: string, results: readonly Result[]): string {
  const failures = results.filter(({ verdict }) => verdict === 'must' || verdict === 'should').length
  const skipped = results.filter(({ verdict }) => verdict === 'untested' || verdict === 'unadvertised').length
  const cases = results.map(
    (one) =>
      `    <testcase classname="${xml(name)}" name="${xml(`${one.id} ${one.title}`)}" time="${one.ms / 1000}">${outcome(one)}</testcase>`,
  )
  return `  <testsuite name="${xml(name)}" tests="${results.length}" failures="${failures}" skipped="${skipped}">\n${cases.join('\n')}\n  </testsuite>`
}

function outcome({ verdict, expected = '', reason = '', section, fix = '', exchanges }: Result): string {
  switch (verdict) {
    case 'must':
    case 'should':
      return `<failure type="${verdict === 'must' ? 'MUST' : 'SHOULD'}" message="${xml(`expected ${expected}`)}">${xml(`${section}\nlikely fix: ${fix}\n\n${tell(exchanges)}`)}</failure>`
    case 'untested':
    case 'unadvertised':
      return `<skipped message="${xml(reason)}"/>`
    case 'differs':
      return `<system-out>${xml(`differs where the RFC leaves it open; expected ${expected}`)}</system-out>`
    default:
      return ''
  }
}

function tell(exchanges: readonly Shown[] = []): string {
  return exchanges.map(({ request, answer }) => `${request}\n\n${answer}`).join('\n\n')
}

/** Text as XML holds it; characters that XML 1.0 has no place for become a mark. */
function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
}
