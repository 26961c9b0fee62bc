// A resource edited as JSON, put as a whole; both versions side by side if somebody else was quicker.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client.ts'
import { type Resource, scim } from '../api/scim.ts'
import { differences, type Json } from './diff.ts'
import css from './directory.module.css'
import { Failed } from './failed.tsx'
import { JsonEdit } from './json-view.tsx'
import { Quicker } from './quicker.tsx'

/** Edits a resource as JSON. */
export function ResourceJson({
  tenant,
  endpoint,
  resource,
  done,
}: {
  readonly tenant: string
  readonly endpoint: string
  readonly resource: Resource
  readonly done: () => void
}) {
  const { t } = useTranslation('types')
  // What the page reads anew in the meantime is not what was edited here.
  const [base, setBase] = useState(resource)
  const [text, setText] = useState(() => written(base))
  const [theirs, setTheirs] = useState<Resource>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const mine = documentIn(text)
  const path = `${endpoint}/${resource.id}`
  const save = async (over: Resource) => {
    setBusy(true)
    setError(undefined)
    try {
      await scim(tenant, 'PUT', path, { body: mine, ifMatch: over.meta?.version })
      done()
    } catch (failure) {
      const quicker = failure instanceof ApiError && failure.status === 412
      const now = quicker ? await scim(tenant, 'GET', path).catch(() => undefined) : undefined
      setTheirs(now)
      if (now === undefined) setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={css.choice}>
      <JsonEdit text={text} onChange={setText} label={t('how.json')} height={360} />
      {mine === undefined && <p role="status">{t('notJson')}</p>}
      {error !== undefined && <Failed error={error} />}
      {theirs !== undefined && mine !== undefined && (
        <Quicker
          theirs={differences(editable(base), editable(theirs))}
          yours={differences(editable(base), mine)}
          keep={() => void save(theirs)}
          take={() => {
            setText(written(theirs))
            setBase(theirs)
            setTheirs(undefined)
          }}
          busy={busy}
        />
      )}
      <div className={css.buttons}>
        <Button loading={busy} disabled={mine === undefined} onClick={() => void save(base)}>
          {t('put')}
        </Button>
      </div>
    </div>
  )
}

/** What one edits: the server keeps id and meta. RFC 7643 §3.1. */
function editable({ id: _id, meta: _meta, ...rest }: Resource): Json {
  return rest as Json
}

function written(resource: Resource): string {
  return JSON.stringify(editable(resource), null, 2)
}

/** The document that a text is; undefined while it is none. */
export function documentIn(text: string): { readonly [name: string]: Json } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [name: string]: Json })
      : undefined
  } catch {
    return undefined
  }
}
