// One step of an identity provider's guide: where, what to click, what to enter, what one should see.

import type { GuideStep } from '../../guides/steps/guide.ts'
import { fieldValue, isToCopy, menuPath, withValues } from '../../guides/steps/text.ts'
import { nameOf, useSetup } from './context.ts'
import { Copyable, Marked } from './parts.tsx'

/** One step, in the identity provider's own words. */
export function GuideStepView({ step, title }: { readonly step: GuideStep; readonly title: string }) {
  const { say, state } = useSetup()
  const { language } = say
  const isGeneric = step.id === 'generic'
  return (
    <section className="click">
      <h2>{title}</h2>
      {step.where.length === 0 ? null : (
        <p className="where">
          <span>{say('clicks.lead', { name: nameOf(state.kind, language, true) })}</span>
          {menuPath(step.where, language).map((menu) => (
            <span key={menu} className="menu">
              <Marked text={menu} />
            </span>
          ))}
        </p>
      )}
      <ol>
        {isGeneric
          ? (['clicks.generic1', 'clicks.generic2', 'clicks.generic3'] as const).map((key) => (
              <li key={key}>{say(key)}</li>
            ))
          : step.clicks.map((click) => (
              <li key={click.en}>
                <Marked text={click[language]} />
              </li>
            ))}
      </ol>
      <Fields step={step} />
      <p className="see">
        <strong>{say('clicks.see')}</strong>{' '}
        {isGeneric ? say('clicks.genericSee') : <Marked text={step.see[language]} />}
      </p>
    </section>
  )
}

/** What goes into the fields, with the values of this link in place. */
function Fields({ step }: { readonly step: GuideStep }) {
  const { say, state, token } = useSetup()
  if (step.fields === undefined) return null
  return (
    <dl className="fields">
      {step.fields.map(({ label, value, note }) => {
        const filled = withValues(value, { baseUrl: state.baseUrl, ...(token === undefined ? {} : { token }) })
        return (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {!isToCopy(value) || filled.includes('{token}') ? (
                <span>{filled.includes('{token}') ? say('clicks.lost') : fieldValue(value, say.language)}</span>
              ) : (
                <Copyable label={label} value={filled} />
              )}
              {note === undefined ? null : (
                <small>
                  <Marked text={note[say.language]} />
                </small>
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
