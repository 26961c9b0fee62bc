// Done: what happens from now on, when the token ends, whom to tell; a summary to print.

import { baseUrlFor } from '../../../guides/steps/base-url.ts'
import { guideOf } from '../../../guides/steps/guides.ts'
import { useSetup } from '../context.ts'
import { Actions, Marked, Notice } from '../parts.tsx'

/** Done. */
export function Done() {
  const { say, state, go } = useSetup()
  const { token, connected, written, leaver, progress } = state
  const guide = guideOf(state.kind ?? '')
  const took = leaver === undefined ? '' : say.took(leaver.at - (progress.leaverBegan ?? leaver.at))
  const rows: readonly (readonly [string, string])[] = [
    [say('step.provider'), guide?.name ?? say('provider.other')],
    [say('paste.url'), baseUrlFor(state.kind ?? '', state.baseUrl)],
    [
      say('test.connected'),
      connected === undefined ? '–' : `${say.date(connected.first)}, ${say.time(connected.first)}`,
    ],
    [
      say('done.arrived'),
      written === undefined
        ? '–'
        : `${say.count('people.count', written.people)}, ${say.count('people.groups', written.groups)}`,
    ],
    [say('done.leaver'), leaver === undefined ? say('done.leaverOpen') : say('done.leaverProven', { took })],
    [say('done.token'), token?.expires === undefined ? say('done.tokenNever') : say.date(token.expires)],
    [say('done.link'), say.date(state.expires)],
  ]
  return (
    <>
      {connected === undefined ? (
        <Notice state="warn">{say('done.notYet')}</Notice>
      ) : (
        <Notice state="ok">{say('done.lead')}</Notice>
      )}
      {progress.leaverSkipped === true && leaver === undefined ? (
        <Notice state="warn">{say('leaver.skipped')}</Notice>
      ) : null}
      <dl className="summary">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h2>{say('done.what')}</h2>
      <p>
        <strong>{say('done.rhythm')}</strong>{' '}
        {guide === undefined ? say('done.rhythmGeneric') : <Marked text={guide.waits.rhythm[say.language]} />}
      </p>
      <p>{say('done.tell')}</p>
      <p>{say('done.linkText')}</p>
      <Actions>
        <button type="button" onClick={() => go('leaver')}>
          {say('back')}
        </button>
        <button type="button" onClick={() => go('paste')}>
          {say('done.replace')}
        </button>
        <button type="button" className="primary" onClick={() => print()}>
          {say('done.print')}
        </button>
      </Actions>
    </>
  )
}
