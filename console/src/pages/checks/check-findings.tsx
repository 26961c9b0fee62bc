// The findings of a check by group: what is required and where, and what was answered.

import { SegmentedControl } from '@mantine/core'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/SegmentedControl.css'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../parts/loaded.tsx'
import { Facts, Panel } from '../../parts/page.tsx'
import { Status } from '../../parts/status.tsx'
import { oneOf, useSearchState } from '../../search.ts'
import css from './checks.module.css'
import { Exchanges } from './exchanges.tsx'
import { type CheckResult, GROUPS, graveness, stateOf, VERDICTS } from './verdicts.ts'

const SEARCH = { show: oneOf(['findings', 'all']) }
const FINDINGS = new Set(VERDICTS.filter(({ isFinding }) => isFinding).map(({ verdict }) => verdict))

/** The results, those first that somebody has to look at. */
export function CheckFindings({
  results,
  isRunning,
}: {
  readonly results: readonly CheckResult[]
  readonly isRunning: boolean
}) {
  const { t } = useTranslation('checks')
  const [{ show }, change] = useSearchState(SEARCH)
  const groups = useMemo(() => {
    const wanted = results.filter(({ verdict }) => show === 'all' || FINDINGS.has(verdict))
    return GROUPS.map((group) => ({
      group,
      all: results.filter((one) => one.group === group).length,
      some: wanted
        .filter((one) => one.group === group)
        .toSorted((a, b) => graveness(a.verdict) - graveness(b.verdict) || (a.id < b.id ? -1 : 1)),
    })).filter(({ some }) => some.length > 0)
  }, [results, show])
  return (
    <>
      <div className={css.bar}>
        <h2>{t('findings')}</h2>
        <SegmentedControl
          size="xs"
          aria-label={t('show')}
          value={show}
          onChange={(one) => change({ show: one as 'all' })}
          data={[
            { value: 'findings', label: t('shown.findings') },
            { value: 'all', label: t('shown.all') },
          ]}
        />
      </div>
      {groups.length === 0 && (
        <Panel label={t('findings')}>
          {isRunning ? <Empty what={t('nothingYet')} /> : <Empty what={t('nothing')} why={t('nothingWhy')} />}
        </Panel>
      )}
      {groups.map(({ group, some, all }) => (
        <Panel
          key={group}
          title={t(`groups.${group}`)}
          actions={<span className={css.quiet}>{t('of', { some: some.length, all })}</span>}
          flush
        >
          {some.map((one) => (
            <Finding key={one.id} result={one} />
          ))}
        </Panel>
      ))}
    </>
  )
}

function Finding({ result }: { readonly result: CheckResult }) {
  const { t } = useTranslation('checks')
  const { id, verdict, title, section, level, expected, reason, fix, exchanges = [] } = result
  const head = (
    <>
      <Status state={stateOf(verdict)}>{t(`verdicts.${verdict}`)}</Status>
      <span lang="en">{title}</span>
      <code>{id}</code>
    </>
  )
  if (verdict === 'passed') return <div className={css.line}>{head}</div>
  const facts: (readonly [string, string])[] = [
    [t('expected'), expected],
    [t('why'), reason],
    [t('section'), `${section} (${level})`],
    [t('fix'), expected === undefined ? undefined : fix],
  ].filter((fact): fact is [string, string] => fact[1] !== undefined)
  return (
    <details className={css.finding}>
      <summary className={css.line}>{head}</summary>
      <div className={css.inside} lang="en">
        <Facts facts={facts} />
        <Exchanges exchanges={exchanges} />
      </div>
    </details>
  )
}
