// The live test: waits for the identity provider, and says what arrived and what is wrong with it.

import { useEffect, useState } from 'react'
import { guideOf } from '../../../guides/steps/guides.ts'
import type { Arrival } from '../../../src/setup/index.ts'
import { nameOf, useSetup } from '../context.ts'
import { Actions, Marked, Notice, Shape } from '../parts.tsx'
import { sentenceOf } from '../sentences.ts'

/** How long nothing may come before the page says what to look at. */
const SILENCE_MS = 300_000

/** The live test. */
export function Test() {
  const { say, state, go } = useSetup()
  const { connected, token, arrivals } = state
  const name = nameOf(state.kind, say.language)
  const where = nameOf(state.kind, say.language, true)
  const last = arrivals.at(-1)
  const wrong = last?.wrong === undefined ? undefined : last
  return (
    <>
      <p>{say('test.lead', { name: where })}</p>
      <div role="status">
        {token === undefined ? <Notice state="off">{say('test.noToken')}</Notice> : null}
        {connected === undefined ? null : (
          <Notice state="ok" title={say('test.connected')}>
            <p>{sentence(say('test.connectedText', { name, time: say.time(connected.first) }))}</p>
          </Notice>
        )}
        {wrong === undefined ? null : <Wrong arrival={wrong} name={name} />}
        {token !== undefined && connected === undefined ? <Waiting name={name} /> : null}
      </div>
      <Arrivals arrivals={arrivals} name={name} />
      <Actions>
        <button type="button" onClick={() => go('clicks')}>
          {say('back')}
        </button>
        <button type="button" className="primary" onClick={() => go('people')}>
          {say('next')}
        </button>
      </Actions>
    </>
  )
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** What is wrong, and the way back to what to paste. */
function Wrong({ arrival, name }: { readonly arrival: Arrival; readonly name: string }) {
  const { say, go } = useSetup()
  return (
    <Notice state="fail">
      <p>{sentenceOf(arrival, name, say).text}</p>
      <button type="button" className="small" onClick={() => go('paste')}>
        {say('test.mend')}
      </button>
    </Notice>
  )
}

/** What is waited for, how long that usually takes, and what to look at when nothing comes. */
function Waiting({ name }: { readonly name: string }) {
  const { say, state } = useSetup()
  const [now, setNow] = useState(state.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000)
    return () => clearInterval(timer)
  }, [])
  const guide = guideOf(state.kind ?? '')
  const since = Math.max(state.token?.made ?? now, state.arrivals.at(-1)?.last ?? 0)
  return (
    <Notice state="wait" title={say('test.waiting', { name })}>
      {guide === undefined ? null : (
        <p>
          <Marked text={say('usually', { wait: guide.waits.test[say.language] })} />
        </p>
      )}
      {now - since < SILENCE_MS ? null : (
        <p>
          <strong>{say('test.silence')}</strong>{' '}
          <Marked text={guide?.silence[say.language] ?? say('test.silenceGeneric')} />
        </p>
      )}
    </Notice>
  )
}

/** What has arrived, newest first. */
function Arrivals({ arrivals, name }: { readonly arrivals: readonly Arrival[]; readonly name: string }) {
  const { say } = useSetup()
  return (
    <section>
      <h2>{say('test.arrived')}</h2>
      {arrivals.length === 0 ? <p>{say('test.nothing')}</p> : null}
      <ul className="arrivals">
        {[...arrivals].reverse().map((arrival) => {
          const { state, text } = sentenceOf(arrival, name, say)
          return (
            <li key={`${arrival.first} ${arrival.asked ?? arrival.wrong?.fault}`}>
              <Shape state={state} />
              <time dateTime={new Date(arrival.last).toISOString()}>{say.time(arrival.last)}</time>
              <span>
                {text}
                {arrival.count > 1 ? ` (${say('test.times', { count: say.number(arrival.count) })})` : ''}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
