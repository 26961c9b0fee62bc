// The clicks of an identity provider, with the values of a connection in place, ticked by the requests that prove them.

import { useTranslation } from 'react-i18next'
import type { Guide, GuideStep } from '../../../guides/steps/guide.ts'
import { isOld } from '../../../guides/steps/guides.ts'
import { proves } from '../../../guides/steps/proof.ts'
import { fieldValue, isToCopy, menuPath, withValues } from '../../../guides/steps/text.ts'
import css from '../pages/requests.module.css'
import { Copied } from '../parts/copy.tsx'
import { Marked } from '../parts/marked.tsx'
import { Shape } from '../parts/status.tsx'
import type { RequestLine } from '../requests/kept-lines.ts'
import { useLanguage } from '../requests/verdict.tsx'
import { day } from '../words/figures.ts'

/** All steps of a guide, those that a request has proved with a tick. */
export function Clicks({
  guide,
  values,
  requests,
}: {
  readonly guide: Guide
  readonly values: { readonly baseUrl: string; readonly token?: string }
  /** What has arrived on this connection. */
  readonly requests: readonly RequestLine[]
}) {
  const { t } = useTranslation('connections')
  const language = useLanguage()
  return (
    <div className={css.stack}>
      <ul className={css.changes} aria-label={t('clicks.needs')}>
        {guide.needs.map((one) => (
          <li key={one.en}>
            <Marked text={one[language]} />
          </li>
        ))}
      </ul>
      <ol className={css.steps}>
        {[...guide.steps, guide.leaver].map((step, at) => (
          <Step
            key={step.id}
            number={at + 1}
            step={step}
            values={values}
            isProved={step.proof !== undefined && requests.some((request) => provesStep(guide, step, request))}
          />
        ))}
      </ol>
    </div>
  )
}

function provesStep(guide: Guide, { proof }: GuideStep, { method, path, status, route }: RequestLine): boolean {
  if (proof === undefined) return false
  const [before = '', query] = path.split('?')
  const seen = { method, path: route.endsWith('{id}') ? before : route, status }
  return proves(guide, proof, query === undefined ? seen : { ...seen, query })
}

function Step({
  number,
  step,
  values,
  isProved,
}: {
  readonly number: number
  readonly step: GuideStep
  readonly values: { readonly baseUrl: string; readonly token?: string }
  readonly isProved: boolean
}) {
  const { t } = useTranslation('connections')
  const language = useLanguage()
  const { title, where, clicks, fields = [], see, proof, checked, source } = step
  return (
    <li>
      <h3>
        {number}. {title[language]}
      </h3>
      <p className={css.where}>{menuPath(where, language).join(' → ')}</p>
      {clicks.map((one) => (
        <p key={one.en}>
          <Marked text={one[language]} />
        </p>
      ))}
      {fields.map(({ label, value, note }) => (
        <div key={label}>
          <strong>{label}</strong>
          {': '}
          <Value value={value} values={values} name={label} />
          {note !== undefined && (
            <p className={css.quiet}>
              <Marked text={note[language]} />
            </p>
          )}
        </div>
      ))}
      <p className={css.quiet}>
        <Marked text={see[language]} />
      </p>
      {proof !== undefined && (
        <p>
          <Shape state={isProved ? 'ok' : 'wait'} /> {t(isProved ? 'clicks.proved' : 'clicks.waiting')}
        </p>
      )}
      <p className={css.where}>
        {t(isOld(step, Date.now()) ? 'clicks.old' : 'clicks.checked', { date: day(checked), source })}
      </p>
    </li>
  )
}

function Value({
  value,
  values,
  name,
}: {
  readonly value: string
  readonly values: { readonly baseUrl: string; readonly token?: string }
  readonly name: string
}) {
  const { t } = useTranslation('connections')
  const language = useLanguage()
  if (!isToCopy(value)) return fieldValue(value, language)
  if (value === '{token}' && values.token === undefined) return t('clicks.token')
  return <Copied text={withValues(value, values)} name={name} />
}
