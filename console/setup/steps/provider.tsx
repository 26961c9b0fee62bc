// Which identity provider: tiles with names, and another one.

import { useState } from 'react'
import { guideOf } from '../../../guides/steps/guides.ts'
import { useSetup } from '../context.ts'
import { Actions, Marked, Notice } from '../parts.tsx'

/** Which identity provider. */
export function Provider() {
  const { say, state, go, change, makeToken } = useSetup()
  const [failed, setFailed] = useState(false)
  const [busy, setBusy] = useState(false)
  const chosen = state.kind ?? state.looksLike
  const name = (kind: string) => guideOf(kind)?.name ?? say('provider.other')
  const guide = chosen === undefined ? undefined : guideOf(chosen)
  const goOn = async () => {
    if (chosen === undefined) return
    await change({ kind: chosen })
    go('paste')
  }
  // Whoever has read what is needed makes the token at once, and sees it on the next page.
  const make = () => {
    if (chosen === undefined) return
    setBusy(true)
    setFailed(false)
    makeToken(chosen)
      .then(goOn, () => setFailed(true))
      .finally(() => setBusy(false))
  }
  const isFirst = state.token === undefined
  return (
    <>
      <fieldset className="tiles">
        <legend>{say('provider.lead')}</legend>
        {state.kinds.map((kind) => (
          <label key={kind} className="tile">
            <input type="radio" name="kind" checked={kind === chosen} onChange={() => void change({ kind })} />
            <span>{name(kind)}</span>
          </label>
        ))}
      </fieldset>
      {state.looksLike !== undefined && state.kind === undefined ? (
        <Notice state="wait">{say('provider.looksLike', { name: name(state.looksLike) })}</Notice>
      ) : null}
      {guide === undefined ? null : (
        <section>
          <h2>{say('provider.needs')}</h2>
          <ul>
            {guide.needs.map((need) => (
              <li key={need.en}>
                <Marked text={need[say.language]} />
              </li>
            ))}
          </ul>
          <p>
            <Marked text={guide.groups[say.language]} />
          </p>
        </section>
      )}
      <details>
        <summary>{say('provider.travels')}</summary>
        <p className="chips">
          {state.travels.people.map((attribute) => (
            <code key={attribute}>{attribute}</code>
          ))}
        </p>
        {state.travels.groups ? <p>{say('provider.travelsGroups')}</p> : null}
      </details>
      <div role="alert">{failed ? <Notice state="fail">{say('failed.text')}</Notice> : null}</div>
      <Actions>
        <button
          type="button"
          className="primary"
          disabled={chosen === undefined || busy}
          onClick={isFirst ? make : () => void goOn()}
        >
          {say(isFirst ? 'paste.make' : 'next')}
        </button>
      </Actions>
    </>
  )
}
