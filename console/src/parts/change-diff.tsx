// What a change did: attribute by attribute, with a sign, a ground and a word.

import { useTranslation } from 'react-i18next'
import css from './change-diff.module.css'
import { type Difference, differences, type Json } from './diff.ts'

const SIGNS = { changed: '~', added: '+', removed: '−' } as const

/** The differences between two documents. */
export function ChangeDiff({
  before,
  after,
  most = 200,
}: {
  readonly before: Json | undefined
  readonly after: Json | undefined
  readonly most?: number
}) {
  return <Differences all={differences(before, after)} most={most} />
}

/** Differences that are known already. */
export function Differences({ all, most = 200 }: { readonly all: readonly Difference[]; readonly most?: number }) {
  const { t } = useTranslation('parts')
  if (all.length === 0) return <p className={css.none}>{t('diff.none')}</p>
  return (
    <ul className={css.diff}>
      {all.slice(0, most).map((one, at) => (
        <li key={`${one.path} ${one.kind} ${at}`} className={css[one.kind]}>
          <span className={css.sign} aria-hidden="true">
            {SIGNS[one.kind]}
          </span>
          <span className="unseen">{t(`diff.${one.kind}`)}</span>
          <code className={css.path}>{one.path}</code>
          <span className={css.values}>
            {one.before !== undefined && <del>{shown(one.before)}</del>}
            {one.kind === 'changed' && <span aria-hidden="true"> → </span>}
            {one.after !== undefined && <ins>{shown(one.after)}</ins>}
          </span>
        </li>
      ))}
      {all.length > most && <li className={css.more}>{t('diff.more', { count: all.length - most })}</li>}
    </ul>
  )
}

/** A value as one reads it: `work: b@acme.example`. */
function shown(value: Json): string {
  if (typeof value === 'string') return value === '' ? '""' : value
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value)
  const { type, value: own, display, ...rest } = value as { readonly [name: string]: Json }
  if (own === undefined) return JSON.stringify(value)
  const name = display === undefined ? String(own) : `${String(display)} (${String(own)})`
  const more = Object.entries(rest)
    .filter(([key]) => key !== '$ref')
    .map(([key, one]) => `, ${key} ${JSON.stringify(one)}`)
  return `${type === undefined ? '' : `${String(type)}: `}${name}${more.join('')}`
}
