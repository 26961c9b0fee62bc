// What went wrong, in three sentences, with what to do: of a page, a panel or a form.

import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client.ts'
import css from './failed.module.css'
import { Hint } from './hint.ts'
import { Shape } from './status.tsx'

/** Says what went wrong. `again` offers to try again. */
export function Failed({
  error,
  again,
  reset,
}: {
  readonly error: unknown
  readonly again?: () => void
  readonly reset?: () => void
}) {
  const { t } = useTranslation('parts')
  if (error instanceof Hint)
    return (
      <div className={`${css.failed} ${css.hint}`} role="alert">
        <Shape state="warn" />
        <div className={css.words}>{error.message}</div>
      </div>
    )
  const kind = kindOf(error)
  const retry = again ?? reset
  return (
    <div className={css.failed} role="alert">
      <Shape state={kind === 'missing' ? 'off' : 'fail'} />
      <div className={css.words}>
        <strong>{t(`failed.${kind}.what`)}</strong>
        <p>{messageOf(error, t(`failed.${kind}.why`))}</p>
        <p className={css.quiet}>{t(`failed.${kind}.do`)}</p>
        <div className={css.actions}>
          {retry !== undefined && (
            <Button size="compact-sm" variant="default" onClick={retry}>
              {t('failed.again')}
            </Button>
          )}
          <CopyForSupport error={error} />
          <Countdown error={error} />
        </div>
      </div>
    </div>
  )
}

/** The sentence of an error: the server's own where there is one. */
export function messageOf(error: unknown, otherwise = ''): string {
  if (error instanceof ApiError && error.status > 0) return error.message
  return otherwise || (error instanceof Error ? error.message : String(error))
}

function CopyForSupport({ error }: { readonly error: unknown }) {
  const { t } = useTranslation('parts')
  const [copied, setCopied] = useState(false)
  const facts =
    error instanceof ApiError
      ? { status: error.status, code: error.code, message: error.message, request: error.requestId }
      : { message: error instanceof Error ? error.message : String(error) }
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      onClick={() => {
        void navigator.clipboard?.writeText(JSON.stringify({ page: location.href, ...facts }, null, 2))
        setCopied(true)
      }}
    >
      {copied ? t('copied') : t('failed.copy')}
    </Button>
  )
}

/** Counts down to when it is tried again, where the server has said so. */
function Countdown({ error }: { readonly error: unknown }) {
  const { t } = useTranslation('parts')
  const wait = error instanceof ApiError ? error.retryAfterMs : undefined
  const [left, setLeft] = useState(Math.ceil((wait ?? 0) / 1_000))
  useEffect(() => {
    if (wait === undefined) return
    const timer = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1_000)
    return () => clearInterval(timer)
  }, [wait])
  if (wait === undefined || left === 0) return null
  return <span className={css.quiet}>{t('failed.tries', { seconds: left })}</span>
}

function kindOf(
  error: unknown,
):
  | 'offline'
  | 'signedOut'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'inTheWay'
  | 'busy'
  | 'refused'
  | 'broken'
  | 'crashed' {
  if (!(error instanceof ApiError)) return 'crashed'
  switch (error.status) {
    case 0:
      return 'offline'
    case 401:
      return 'signedOut'
    case 403:
      return 'forbidden'
    case 404:
      return 'missing'
    case 409:
      return 'inTheWay'
    case 412:
      return 'conflict'
    case 429:
    case 503:
      return 'busy'
    default:
      return error.status >= 500 ? 'broken' : 'refused'
  }
}
