// The first people as they arrive: how many, cards with what came and what did not, and warnings that matter later.

import { useEffect, useState } from 'react'
import { guideOf } from '../../../guides/steps/guides.ts'
import type { FirstPeople, PersonCard } from '../../../src/setup/index.ts'
import { nameOf, useSetup } from '../context.ts'
import { Actions, Marked, Notice, Shape } from '../parts.tsx'
import { server } from '../server.ts'

/** The first people. */
export function People() {
  const { say, state, go } = useSetup()
  const { written } = state
  const first = useFirstPeople(written?.lastAt)
  const guide = guideOf(state.kind ?? '')
  const { expected } = state.progress
  return (
    <>
      <p>{say('people.lead', { name: nameOf(state.kind, say.language, true) })}</p>
      {written === undefined ? (
        <Notice state="wait">{say('people.tooEarly')}</Notice>
      ) : (
        <p className="counts" role="status">
          <strong>{say.count('people.count', written.people)}</strong>{' '}
          {expected === undefined ? null : say('people.expected', { expected: say.number(expected) })}{' '}
          <strong>{say.count('people.groups', written.groups)}</strong>
        </p>
      )}
      {expected === undefined || expected === 0 || written === undefined ? null : (
        <progress
          value={Math.min(written.people, expected)}
          max={expected}
          aria-label={say.count('people.count', written.people)}
        />
      )}
      {guide !== undefined && (written?.people ?? 0) === 0 ? (
        <Notice state="wait">
          <Marked text={say('usually', { wait: guide.waits.person[say.language] })} />
        </Notice>
      ) : null}
      {first === undefined || first.people.length === 0 ? null : <Shown first={first} />}
      <Actions>
        <button type="button" onClick={() => go('test')}>
          {say('back')}
        </button>
        <button type="button" className="primary" onClick={() => go('leaver')}>
          {say('next')}
        </button>
      </Actions>
    </>
  )
}

/** The first people, read again when something was written. */
function useFirstPeople(lastAt: number | undefined): FirstPeople | undefined {
  const [first, setFirst] = useState<FirstPeople>()
  useEffect(() => {
    if (lastAt === undefined) return
    let gone = false
    server.people().then(
      (people) => {
        if (!gone) setFirst(people)
      },
      // Asked again with the next change.
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [lastAt])
  return first
}

function Shown({ first }: { readonly first: FirstPeople }) {
  const { say } = useSetup()
  return (
    <>
      <section>
        <h2>{say('people.look')}</h2>
        {first.warnings.length === 0 ? <Notice state="ok">{say('people.fine')}</Notice> : null}
        {first.warnings.map(({ warning, count, of }) => (
          <Notice key={warning} state="warn" title={say(`warning.${warning}`, { count, of })}>
            <p>{say(`mend.${warning}`)}</p>
          </Notice>
        ))}
      </section>
      <section>
        <h2>{say('people.first')}</h2>
        <ul className="cards">
          {first.people.map((card) => (
            <Card key={card.id} card={card} />
          ))}
        </ul>
      </section>
    </>
  )
}

/** One person: everything that arrived, and, greyed, what usually does. */
function Card({ card }: { readonly card: PersonCard }) {
  const { say } = useSetup()
  const short = (path: string) => path.slice(path.lastIndexOf(':') + 1)
  return (
    <li className="card">
      <details>
        <summary>
          <strong>{card.name}</strong>
          <span className="state">
            <Shape state={card.active ? 'ok' : 'off'} /> {card.active ? say('people.active') : say('people.inactive')}
          </span>
          <small>{say('people.arrived', { count: card.attributes.length })}</small>
        </summary>
        <dl>
          {card.attributes.map(({ path, value }, at) => (
            // Several values of one attribute have one path.
            <div key={`${path} ${at + 1}`}>
              <dt>{short(path)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
      {card.missing.length === 0 ? null : (
        <p className="missing">
          {say('people.missing')}: {card.missing.map(short).join(', ')}
        </p>
      )}
    </li>
  )
}
