// Two things to paste: the base URL, and a token that is made here, shown once, and known to nobody else.

import { useState } from 'react'
import { baseUrlFor } from '../../../guides/steps/base-url.ts'
import { guideOf } from '../../../guides/steps/guides.ts'
import { withValues } from '../../../guides/steps/text.ts'
import { nameOf, useSetup } from '../context.ts'
import { Actions, Copyable, Notice } from '../parts.tsx'

/** Two things to paste. */
export function Paste() {
  const { say, state, token, makeToken, go, change } = useSetup()
  const [failed, setFailed] = useState(false)
  const [busy, setBusy] = useState(false)
  const kind = state.kind ?? state.looksLike ?? 'generic'
  const fields = guideOf(kind)?.steps.flatMap((step) => step.fields ?? []) ?? []
  const url = fields.find(({ value }) => value.includes('{base-url}'))
  const secret = fields.find(({ value }) => value.includes('{token}'))
  const name = nameOf(kind, say.language)
  const calls = (label: string | undefined) =>
    label === undefined ? null : <small>{say('paste.calls', { name, label })}</small>
  const make = () => {
    setBusy(true)
    setFailed(false)
    makeToken(kind)
      .catch(() => setFailed(true))
      .finally(() => setBusy(false))
  }
  return (
    <>
      <p>{say('paste.lead', { name })}</p>
      <section>
        <h2>{say('paste.url')}</h2>
        <Copyable label={say('paste.url')} value={baseUrlFor(kind, state.baseUrl)} />
        {calls(url?.label)}
      </section>
      <section>
        <h2>{say('paste.token')}</h2>
        {token === undefined ? null : (
          <>
            <Copyable
              label={say('paste.token')}
              value={secret === undefined ? token : withValues(secret.value, { token })}
            />
            {calls(secret?.label)}
            <Notice state="warn">{say('paste.once')}</Notice>
          </>
        )}
        {token === undefined && state.token !== undefined ? (
          <>
            <p>{say('paste.anotherWhy', { when: `${say.date(state.token.made)}, ${say.time(state.token.made)}` })}</p>
            {state.connected === undefined ? null : <Notice state="warn">{say('paste.anotherLive')}</Notice>}
          </>
        ) : null}
        {busy ? null : (
          <button type="button" className={state.token === undefined ? 'primary' : ''} onClick={make}>
            {say(state.token === undefined ? 'paste.make' : 'paste.another')}
          </button>
        )}
        <div role="alert">{failed ? <Notice state="fail">{say('failed.text')}</Notice> : null}</div>
      </section>
      <label className="field">
        <span>{say('paste.expected')}</span>
        <input
          type="number"
          min="0"
          max="100000000"
          defaultValue={state.progress.expected}
          onBlur={(event) => {
            const expected = event.currentTarget.valueAsNumber
            if (Number.isSafeInteger(expected) && expected >= 0) void change({ expected })
          }}
        />
      </label>
      <Actions>
        <button type="button" onClick={() => go('provider')}>
          {say('back')}
        </button>
        <button type="button" className="primary" disabled={state.token === undefined} onClick={() => go('clicks')}>
          {say('next')}
        </button>
      </Actions>
    </>
  )
}
