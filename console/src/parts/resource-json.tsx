// A resource edited as JSON, put as a whole; both versions side by side if somebody else was quicker.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client.ts'
import { type Resource, scim } from '../api/scim.ts'
import css from './directory.module.css'
import { Failed } from './failed.tsx'
import { JsonEdit, JsonMerge } from './json-view.tsx'

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
  const [read] = useState(resource)
  const [text, setText] = useState(() => JSON.stringify(editable(read), null, 2))
  const [theirs, setTheirs] = useState<Resource>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const mine = documentIn(text)
  const path = `${endpoint}/${resource.id}`
  const save = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await scim(tenant, 'PUT', path, { body: mine, ifMatch: (theirs ?? read).meta?.version })
      done()
    } catch (failure) {
      setError(failure)
      if (failure instanceof ApiError && failure.status === 412)
        setTheirs(await scim(tenant, 'GET', path).catch(() => undefined))
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
        <>
          <p>{t('quicker')}</p>
          <JsonMerge before={editable(theirs)} after={mine} height={300} />
        </>
      )}
      <div className={css.buttons}>
        <Button loading={busy} disabled={mine === undefined} onClick={() => void save()}>
          {t(theirs === undefined ? 'put' : 'putOver')}
        </Button>
      </div>
    </div>
  )
}

/** What one edits: the server keeps id and meta. RFC 7643 §3.1. */
function editable({ id: _id, meta: _meta, ...rest }: Resource): object {
  return rest
}

/** The document that a text is; undefined while it is none. */
export function documentIn(text: string): { readonly [name: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [name: string]: unknown })
      : undefined
  } catch {
    return undefined
  }
}
