// What an answer of a tried request tells: the three sentences, what bent it, what would change.

import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import css from '../pages/requests.module.css'
import { JsonView } from '../parts/json-view.tsx'
import { Marked } from '../parts/marked.tsx'
import { stateOfStatus } from '../parts/status.tsx'
import { ThreeSentences } from '../parts/three-sentences.tsx'

type Tried = Answer<'POST /tenants/{tenant}/try'>

/** An explanation in its three sentences. */
export function Explained({
  told: { happened, why, todo },
  status,
}: {
  readonly told: { readonly happened: string; readonly why: string; readonly todo: string }
  readonly status: number
}) {
  return (
    <ThreeSentences
      state={stateOfStatus(status)}
      what={<Marked text={happened} />}
      why={<Marked text={why} />}
      todo={<Marked text={todo} />}
    />
  )
}

/** What would change, resource by resource. */
export function Changes({ changes }: { readonly changes: Tried['changes'] }) {
  const { t } = useTranslation('requests')
  if (changes.length === 0) return <p>{t('changes.none')}</p>
  return (
    <ul className={css.changes} aria-label={t('changes.title')}>
      {changes.map(({ op, type, id, paths, members }) => (
        <li key={`${op} ${id}`}>
          <strong>{t(`op.${op}`, { type })}</strong> <code>{id}</code>
          <ul className={css.changes}>
            {paths.map((path) => {
              const { path: name, old, new: fresh } = path as { path: string; old?: unknown; new?: unknown }
              return (
                <li key={name}>
                  {old === undefined ? '+' : fresh === undefined ? '−' : '~'} {name}{' '}
                  {old !== undefined && <del>{JSON.stringify(old)}</del>}{' '}
                  {fresh !== undefined && <ins>{JSON.stringify(fresh)}</ins>}
                </li>
              )
            })}
            {members !== undefined && (
              <li>{t('changes.members', { added: members.added.length, removed: members.removed.length })}</li>
            )}
          </ul>
        </li>
      ))}
    </ul>
  )
}

/** Each rewrite with the piece of the message before and after. */
export function Bends({ bends }: { readonly bends: Tried['bends'] }) {
  const { t } = useTranslation('requests')
  return (
    <ul className={css.changes}>
      {bends.map(({ name, quirks, source, before, after }, at) => (
        <li key={`${name} ${at}`}>
          <strong className={css.bends}>{name}</strong> {quirks.join(', ')} <span className={css.quiet}>{source}</span>
          {before !== undefined && after !== undefined && (
            <details>
              <summary>{t('bent.show')}</summary>
              <h3>{t('bent.before')}</h3>
              <JsonView value={before} height={160} label={t('bent.before')} />
              <h3>{t('bent.after')}</h3>
              <JsonView value={after} height={160} label={t('bent.after')} />
            </details>
          )}
        </li>
      ))}
    </ul>
  )
}
