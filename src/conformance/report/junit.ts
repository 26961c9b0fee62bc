// Writes the result of a check as JUnit XML for CI systems.

import type { Report, Result, Shown, Verdict } from './report.ts'

/** Options of {@link writeJunit}. */
export interface JunitOptions {
  /** A SHOULD that is missed, and what could not be tested, are failures too. */
  readonly strict?: boolean | undefined
}

/**
 * The report as JUnit XML, which CI systems read: a failed MUST is a failure, and what was not tried is skipped. What the exit
 * code lets pass is no failure here either. A check that was stopped is an error, whatever it had found until then.
 * @example
 * writeFileSync('scim.xml', writeJunit(report, { strict: true }))
 */
export function writeJunit(report: Report, { strict = false }: JunitOptions = {}): string {
  const groups = [...new Set(report.results.map(({ group }) => group))]
  const suites = groups.map((group) =>
    suite(
      group,
      report.results.filter((one) => one.group === group),
      strict,
    ),
  )
  const providers = report.providers.map((provider) => {
    const cases = provider.needs.map(({ title, verdict, optional = false, reason, exchanges }) => {
      const inner =
        verdict === 'fails' && optional
          ? `<system-out>${xml(`only in some set-ups: ${reason ?? ''}`)}</system-out>`
          : verdict === 'fails'
            ? `<failure message="${xml(reason ?? '')}">${xml(textOf(exchanges))}</failure>`
            : verdict === 'untested'
              ? `<skipped message="${xml(reason ?? '')}"/>`
              : ''
      return `    <testcase classname="${xml(provider.kind)}" name="${xml(title)}">${inner}</testcase>`
    })
    const failures = provider.needs.filter(({ verdict, optional = false }) => verdict === 'fails' && !optional).length
    const skipped = provider.needs.filter(({ verdict }) => verdict === 'untested').length
    return `  <testsuite name="for ${xml(provider.kind)}" tests="${cases.length}" failures="${failures}" skipped="${skipped}">\n${cases.join('\n')}\n  </testsuite>`
  })
  const stopped = report.stopped ? [STOPPED] : []
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(report.url)}" time="${report.ms / 1000}">\n${[...suites, ...providers, ...stopped].join('\n')}\n</testsuites>\n`
}

const STOPPED = `  <testsuite name="check" tests="1" failures="0" errors="1" skipped="0">
    <testcase classname="check" name="the check came to its end"><error message="stopped before the end"/></testcase>
  </testsuite>`

function suite(name: string, results: readonly Result[], strict: boolean): string {
  const count = (...verdicts: readonly Verdict[]) => results.filter(({ verdict }) => verdicts.includes(verdict)).length
  const failures = strict ? count('must', 'should', 'untested') : count('must')
  const skipped = strict ? count('unadvertised') : count('unadvertised', 'untested')
  const cases = results.map(
    (one) =>
      `    <testcase classname="${xml(name)}" name="${xml(`${one.id} ${one.title}`)}" time="${one.ms / 1000}">${outcome(one, strict)}</testcase>`,
  )
  return `  <testsuite name="${xml(name)}" tests="${results.length}" failures="${failures}" skipped="${skipped}">\n${cases.join('\n')}\n  </testsuite>`
}

function outcome(result: Result, strict: boolean): string {
  const { verdict, expected = '', reason = '', section, fix = '', exchanges } = result
  const details = `${section}\nlikely fix: ${fix}\n\n${textOf(exchanges)}`
  switch (verdict) {
    case 'should':
      if (!strict) return `<system-out>${xml(`misses a SHOULD; expected ${expected}\n${details}`)}</system-out>`
      return `<failure type="SHOULD" message="${xml(`expected ${expected}`)}">${xml(details)}</failure>`
    case 'must':
      return `<failure type="MUST" message="${xml(`expected ${expected}`)}">${xml(details)}</failure>`
    case 'untested':
      if (!strict) return `<skipped message="${xml(reason)}"/>`
      return `<failure type="untested" message="${xml(`could not be tested: ${reason}`)}">${xml(`${section}\n\n${textOf(exchanges)}`)}</failure>`
    case 'unadvertised':
      return `<skipped message="${xml(reason)}"/>`
    case 'differs':
      return `<system-out>${xml(`differs where the RFC leaves it open; expected ${expected}`)}</system-out>`
    default:
      return ''
  }
}

function textOf(exchanges: readonly Shown[] = []): string {
  return exchanges.map(({ request, answer }) => `${request}\n\n${answer}`).join('\n\n')
}

/** Text escaped for XML; characters that XML 1.0 cannot have become U+FFFD. */
function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
}
