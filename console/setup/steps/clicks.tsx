// The clicks: one step of the identity provider at a time, ticked by hand or by the request that proves it.

import { useState } from 'react'
import type { GuideStep } from '../../../guides/steps/guide.ts'
import { guideOf, isOld } from '../../../guides/steps/guides.ts'
import type { SetupState } from '../../../src/setup/index.ts'
import { useSetup } from '../context.ts'
import { GuideStepView } from '../guide-step.tsx'
import { Actions, Notice } from '../parts.tsx'

/** Whether what has arrived proves a step. */
export function isProven({ proof }: GuideStep, { connected, written, leaver }: SetupState): boolean {
  if (proof === 'test') return connected !== undefined
  if (proof === 'person') return (written?.people ?? 0) > 0
  if (proof === 'group') return (written?.groups ?? 0) > 0
  return proof === 'leaver' && leaver !== undefined
}

/** The clicks. */
export function Clicks() {
  const { say, state, go, change } = useSetup()
  const steps = guideOf(state.kind ?? '')?.steps ?? [genericStep()]
  const { ticked } = state.progress
  const isDone = (step: GuideStep) => ticked.includes(step.id) || isProven(step, state)
  const first = steps.findIndex((step) => !isDone(step))
  const [at, setAt] = useState(first === -1 ? 0 : first)
  const step = steps[at] ?? genericStep()
  const last = at === steps.length - 1
  const goOn = () => {
    if (!isDone(step)) void change({ tick: step.id })
    if (last) go('test')
    else setAt(at + 1)
  }
  return (
    <>
      <p>{say('clicks.of', { at: at + 1, of: steps.length })}</p>
      <progress
        value={steps.filter(isDone).length}
        max={steps.length}
        aria-label={say('clicks.of', { at: at + 1, of: steps.length })}
      />
      <GuideStepView
        step={step}
        title={state.kind === 'generic' ? say('clicks.genericTitle') : step.title[say.language]}
      />
      {isProven(step, state) ? (
        <Notice state="ok">{say('clicks.proven')}</Notice>
      ) : (
        <label className="check">
          <input
            type="checkbox"
            checked={ticked.includes(step.id)}
            onChange={(event) => void change(event.currentTarget.checked ? { tick: step.id } : { untick: step.id })}
          />
          <span>{say('clicks.done')}</span>
        </label>
      )}
      <Different step={step} />
      <Actions>
        <button type="button" onClick={() => (at === 0 ? go('paste') : setAt(at - 1))}>
          {at === 0 ? say('back') : say('clicks.previous')}
        </button>
        <button type="button" className="primary" onClick={goOn}>
          {last ? say('next') : say('clicks.following')}
        </button>
      </Actions>
    </>
  )
}

/** When the step was checked, and a way to say that it looks different there. */
function Different({ step }: { readonly step: GuideStep }) {
  const { say, state, change } = useSetup()
  if (step.source === '') return null
  const told = state.progress.looksDifferent.some(({ click }) => click === `${state.kind}.${step.id}`)
  const date = say.date(Date.parse(step.checked))
  return (
    <p className="checked">
      {isOld(step, state.now) ? say('clicks.old', { date }) : say('clicks.checked', { date })}{' '}
      <a href={step.source} target="_blank" rel="noreferrer">
        {say('clicks.source')}
      </a>
      {told ? (
        <span role="status">{say('clicks.differentTold')}</span>
      ) : (
        <button type="button" className="small" onClick={() => void change({ different: `${state.kind}.${step.id}` })}>
          {say('clicks.different')}
        </button>
      )}
    </p>
  )
}

/** What is to do in an identity provider without a guide. */
function genericStep(): GuideStep {
  return {
    id: 'generic',
    title: { en: '', de: '' },
    where: [],
    clicks: [],
    see: { en: '', de: '' },
    proof: 'test',
    checked: '2026-11-30',
    source: '',
  }
}
