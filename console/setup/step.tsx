// One step of the setup page, with where it stands among the others.

import { nameOf, useSetup } from './context.ts'
import { type SetupStep, useStepOrder } from './order.ts'
import { Clicks } from './steps/clicks.tsx'
import { Done } from './steps/done.tsx'
import { Leaver } from './steps/leaver.tsx'
import { Paste } from './steps/paste.tsx'
import { People } from './steps/people.tsx'
import { Provider } from './steps/provider.tsx'
import { Test } from './steps/test.tsx'

const SHOWN = {
  provider: Provider,
  paste: Paste,
  clicks: Clicks,
  test: Test,
  people: People,
  leaver: Leaver,
  done: Done,
}

/** The step that is shown. */
export function Step({ step }: { readonly step: SetupStep }) {
  const { say, state, go } = useSetup()
  const { at, steps, mayGo } = useStepOrder(step)
  const name = nameOf(state.kind, say.language, true)
  const Shown = SHOWN[step === 'welcome' ? 'provider' : step]
  return (
    <>
      <nav className="steps" aria-label={say('stepOf', { at, of: steps.length })}>
        <ol>
          {steps.map((one, index) => (
            <li key={one} className={index + 1 < at ? 'past' : index + 1 === at ? 'now' : ''}>
              <button
                type="button"
                disabled={!mayGo(one)}
                aria-current={one === step ? 'step' : undefined}
                onClick={() => go(one)}
              >
                <span className="dot" aria-hidden="true" />
                <span className="name">{say(`step.${one}`, { name })}</span>
              </button>
            </li>
          ))}
        </ol>
        <p>{say('stepOf', { at, of: steps.length })}</p>
      </nav>
      <h1>{say(`step.${step}`, { name })}</h1>
      <Shown />
    </>
  )
}
