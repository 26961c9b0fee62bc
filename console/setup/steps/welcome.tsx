// Welcome: who asks for what, what travels, how long it takes. Nothing happens before a click.

import { type FormEvent, useState } from 'react'
import type { PageSettings, SetupState } from '../../../src/setup/index.ts'
import { useSay } from '../context.ts'
import { Notice } from '../parts.tsx'
import { Refused, server } from '../server.ts'

/** The first page. Opening it asks nothing of the link, and uses nothing up. */
export function Welcome({
  vendor,
  secret,
  begun,
  over,
}: {
  readonly vendor: PageSettings
  readonly secret: string
  readonly begun: (state: SetupState) => void
  readonly over: () => void
}) {
  const say = useSay()
  const [asksCode, setAsksCode] = useState(false)
  const [code, setCode] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const begin = (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    server
      .begin(secret, code)
      .then(begun, (failure: unknown) => {
        if (!(failure instanceof Refused)) return setError(say('failed.text'))
        if (failure.code === 'ERR_LINK') return over()
        if (failure.code !== 'ERR_CODE') return setError(failure.message)
        if (asksCode) setError(failure.message)
        setAsksCode(true)
      })
      .finally(() => setBusy(false))
  }
  const text = vendor.text?.[say.language] ?? vendor.text?.en
  return (
    <form onSubmit={begin}>
      <h1>{vendor.name === undefined ? say('title') : say('titleFor', { vendor: vendor.name })}</h1>
      {text === undefined ? null : <p className="own">{text}</p>}
      <p>{say('welcome.lead')}</p>
      <ul>
        <li>{say('welcome.travels')}</li>
        <li>{say('welcome.time')}</li>
        <li>{say('welcome.nothing')}</li>
      </ul>
      {asksCode ? (
        <label className="field">
          <span>{say('welcome.code')}</span>
          <input
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={9}
            required
          />
          <small>{say('welcome.codeWhy')}</small>
        </label>
      ) : null}
      <div role="alert">{error === undefined ? null : <Notice state="fail">{error}</Notice>}</div>
      <div className="actions">
        <button type="submit" className="primary" disabled={busy}>
          {say('welcome.begin')}
        </button>
      </div>
    </form>
  )
}
