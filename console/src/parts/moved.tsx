// The members that a change put into a group and took out of it, by name.

import { useTranslation } from 'react-i18next'
import css from './change-diff.module.css'
import { To } from './link.tsx'
import { useName } from './name-of.tsx'
import { pageOfResource } from './types.ts'

/** Members that came and went, as a line of the log has them. */
export interface MembersOfLine {
  readonly added: number
  readonly removed: number
  readonly ids?: { readonly added: readonly string[]; readonly removed: readonly string[] } | undefined
}

/** So many are named; the rest are counted. */
const MOST = 50

/** Who came and who went. */
export function Moved({ tenant, members }: { readonly tenant: string; readonly members: MembersOfLine }) {
  const { t } = useTranslation('parts')
  const { added, removed, ids } = members
  const moved = [
    ...(ids?.removed ?? []).map((id) => ({ id, kind: 'removed' as const })),
    ...(ids?.added ?? []).map((id) => ({ id, kind: 'added' as const })),
  ]
  const shown = moved.slice(0, MOST)
  return (
    <>
      <p className={css.none}>{t('moved.counts', { added, removed })}</p>
      <ul className={css.diff}>
        {shown.map((one) => (
          <One key={`${one.kind} ${one.id}`} tenant={tenant} {...one} />
        ))}
        {moved.length > MOST && <li className={css.more}>{t('diff.more', { count: moved.length - MOST })}</li>}
      </ul>
      {ids === undefined && <p className={css.none}>{t('moved.many')}</p>}
    </>
  )
}

function One({
  tenant,
  id,
  kind,
}: {
  readonly tenant: string
  readonly id: string
  readonly kind: 'added' | 'removed'
}) {
  const { t } = useTranslation('parts')
  const named = useName(tenant, id)
  return (
    <li className={css[kind]}>
      <span className={css.sign} aria-hidden="true">
        {kind === 'added' ? '+' : '−'}
      </span>
      <span className="unseen">{t(`moved.${kind}`)}</span>
      <span className={css.values}>
        <To {...pageOfResource(tenant, named?.type ?? 'User', id)}>{named?.name ?? id}</To>
        {named?.gone === true && ` ${t('moved.gone')}`}
      </span>
    </li>
  )
}
