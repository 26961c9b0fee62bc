// What is read: grey lines until it is there, what went wrong, or the thing itself.

import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clock } from '../words/figures.ts'
import { Failed } from './failed.tsx'
import css from './loaded.module.css'

/** What a query of the cache says, as far as it matters here. */
export interface Read<Data> {
  readonly data: Data | undefined
  readonly error: unknown
  readonly isPlaceholderData?: boolean
  readonly dataUpdatedAt?: number
  readonly refetch?: () => unknown
}

/**
 * Shows what was read. Earlier data stays, dimmed, with the time it is from, when the next cannot be read.
 *
 * @example <Loaded read={tenant} lines={4}>{(tenant) => <Facts … />}</Loaded>
 */
export function Loaded<Data>({
  read,
  lines = 3,
  children,
}: {
  readonly read: Read<Data>
  /** How many grey lines stand for what comes. */
  readonly lines?: number
  readonly children: (data: Data) => ReactNode
}) {
  const { t } = useTranslation('parts')
  const { data, error } = read
  const again = read.refetch === undefined ? {} : { again: () => void read.refetch?.() }
  if (data === undefined)
    return error === null || error === undefined ? <Lines count={lines} /> : <Failed error={error} {...again} />
  const isOld = error !== null && error !== undefined
  // The same place in every state: what is typed in a form below is not lost when a read fails, or while the next is on its way.
  return (
    <>
      {isOld && (
        <>
          <Failed error={error} {...again} />
          <p className={css.from}>{t('from', { time: clock(read.dataUpdatedAt ?? 0) })}</p>
        </>
      )}
      <div className={isOld || read.isPlaceholderData === true ? css.dimmed : css.fresh}>{children(data)}</div>
    </>
  )
}

/** Grey lines in the shape of what comes, after 200 ms. */
export function Lines({ count = 3 }: { readonly count?: number }) {
  const { t } = useTranslation('parts')
  const shown = useAfter(200)
  return (
    <div className={css.lines} role="status" aria-label={t('loading')}>
      {shown &&
        Array.from({ length: count }, (_, at) => <span key={at} style={{ width: `${92 - ((at * 23) % 48)}%` }} />)}
    </div>
  )
}

function useAfter(ms: number): boolean {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return shown
}

/** Nothing to show: what would be here, why there is nothing, and one action. */
export function Empty({
  what,
  why,
  action,
}: {
  readonly what: ReactNode
  readonly why?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className={css.empty}>
      <p className={css.emptyWhat}>{what}</p>
      {why !== undefined && <p>{why}</p>}
      {action !== undefined && <div>{action}</div>}
    </div>
  )
}
