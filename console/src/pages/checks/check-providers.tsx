// Whether each identity provider will work with what was checked, need by need.

import { useTranslation } from 'react-i18next'
import { Facts, Panel } from '../../parts/page.tsx'
import { Status } from '../../parts/status.tsx'
import css from './checks.module.css'
import { Exchanges } from './exchanges.tsx'
import type { CheckProvider } from './verdicts.ts'

type Need = CheckProvider['needs'][number]

/** The identity providers, those first that will not work. */
export function CheckProviders({ providers }: { readonly providers: readonly CheckProvider[] }) {
  const { t } = useTranslation('checks')
  if (providers.length === 0) return null
  return (
    <Panel title={t('providers')} flush>
      {providers
        .toSorted((a, b) => Number(a.works) - Number(b.works))
        .map(({ kind, name, works, needs }) => {
          const unmet = needs.filter(({ verdict, optional }) => verdict === 'fails' && optional !== true).length
          return (
            <details key={kind} className={css.finding}>
              <summary className={css.line}>
                <Status state={works ? 'ok' : 'fail'}>{name}</Status>
                <span>{works ? t('willWork') : t('willNot', { count: unmet, of: needs.length })}</span>
              </summary>
              <div className={css.inside}>
                {needs.map((need) => (
                  <OneNeed key={need.title} need={need} />
                ))}
              </div>
            </details>
          )
        })}
    </Panel>
  )
}

function OneNeed({ need }: { readonly need: Need }) {
  const { t } = useTranslation('checks')
  const { title, verdict, optional, reason, fix, exchanges = [] } = need
  const state = verdict === 'works' ? 'ok' : verdict === 'untested' ? 'wait' : optional === true ? 'warn' : 'fail'
  const facts: (readonly [string, string])[] = [
    [t('why'), reason],
    [t('fix'), fix],
  ].filter((fact): fact is [string, string] => fact[1] !== undefined)
  return (
    <div className={css.need}>
      <div className={css.line}>
        <Status state={state}>{t(`needs.${verdict}`)}</Status>
        <span lang="en">{title}</span>
        {optional === true && <span className={css.quiet}>{t('optional')}</span>}
      </div>
      {verdict !== 'works' && (
        <div lang="en">
          <Facts facts={facts} />
          <Exchanges exchanges={exchanges} />
        </div>
      )}
    </div>
  )
}
