// A rehearsed leaver: one test person is taken away there, and the page waits until that arrives here.

import { guideOf } from '../../../guides/steps/guides.ts'
import { useSetup } from '../context.ts'
import { GuideStepView } from '../guide-step.tsx'
import { Actions, Marked, Notice } from '../parts.tsx'

/** A rehearsed leaver. */
export function Leaver() {
  const { say, state, go, change } = useSetup()
  const { leaverBegan, leaverSkipped } = state.progress
  const guide = guideOf(state.kind ?? '')
  const arrived = state.leaver !== undefined && leaverBegan !== undefined ? state.leaver : undefined
  const skip = async () => {
    await change({ leaver: 'skip' })
    go('done')
  }
  return (
    <>
      <p>{say('leaver.lead')}</p>
      {guide === undefined ? null : <GuideStepView step={guide.leaver} title={guide.leaver.title[say.language]} />}
      <div role="status">
        {arrived !== undefined ? (
          <Notice state="ok" title={say('leaver.arrived')}>
            <p>{say(`leaver.${arrived.how}`, { took: say.took(arrived.at - (leaverBegan ?? arrived.at)) })}</p>
          </Notice>
        ) : leaverBegan !== undefined ? (
          <Notice state="wait" title={say('leaver.waiting')}>
            {guide === undefined ? null : (
              <p>
                <Marked text={say('usually', { wait: guide.waits.leaver[say.language] })} />
              </p>
            )}
          </Notice>
        ) : leaverSkipped === true ? (
          <Notice state="warn">{say('leaver.skipped')}</Notice>
        ) : null}
      </div>
      <p>
        <button
          type="button"
          className={leaverBegan === undefined ? 'primary' : ''}
          onClick={() => void change({ leaver: 'begin' })}
        >
          {say(leaverBegan === undefined ? 'leaver.begin' : 'leaver.again')}
        </button>
      </p>
      <Actions>
        <button type="button" onClick={() => go('people')}>
          {say('back')}
        </button>
        {arrived === undefined ? (
          <button type="button" onClick={() => void skip()}>
            {say('leaver.skip')}
          </button>
        ) : (
          <button type="button" className="primary" onClick={() => go('done')}>
            {say('next')}
          </button>
        )}
      </Actions>
    </>
  )
}
