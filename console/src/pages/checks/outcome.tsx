// What a check came to, in one word with its shape.

import { useTranslation } from 'react-i18next'
import { type State, Status } from '../../parts/status.tsx'
import type { CheckRun } from './subject.ts'

/** The gravest thing to be said of a check. */
export function Outcome({ run }: { readonly run: CheckRun }) {
  const { t } = useTranslation('checks')
  const [state, words] = outcomeOf(run)
  return (
    <Status state={state}>
      {t(`outcomes.${words}`, { count: run.counts[words === 'should' ? 'should' : 'must'] })}
    </Status>
  )
}

function outcomeOf({
  state,
  stopped,
  counts,
  providers,
}: CheckRun): readonly [State, 'running' | 'failed' | 'stopped' | 'must' | 'should' | 'unmet' | 'good'] {
  if (state === 'running') return ['wait', 'running']
  if (state === 'failed') return ['fail', 'failed']
  if (counts.must > 0) return ['fail', 'must']
  if (stopped !== undefined) return ['off', 'stopped']
  if (providers.some(({ works }) => !works)) return ['fail', 'unmet']
  if (counts.should > 0) return ['warn', 'should']
  return ['ok', 'good']
}
