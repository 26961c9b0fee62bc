// The frame of the setup page: the vendor's name and logo, the language, whether it is live, and whom to ask.

import type { CSSProperties, ReactNode } from 'react'
import type { PageSettings } from '../../src/setup/index.ts'
import { useSay } from './context.ts'
import { Shape } from './parts.tsx'
import { server } from './server.ts'
import { LANGUAGES, type Language } from './words/say.ts'

/** The frame around every step. */
export function Frame({
  vendor,
  tenant,
  language,
  choose,
  live,
  children,
}: {
  readonly vendor: PageSettings
  readonly tenant: string | undefined
  readonly language: Language
  readonly choose: ((language: Language) => void) | undefined
  /** Absent before the link has opened. */
  readonly live: boolean | undefined
  readonly children: ReactNode
}) {
  const say = useSay()
  const { name, logo, colour, support } = vendor
  // By the object model, which the strict policy allows.
  const own = (colour === undefined ? {} : { '--accent-solid': colour }) as CSSProperties
  return (
    <div className="frame" style={own}>
      <header>
        {logo === undefined ? null : <img src={server.logo(logo)} alt="" />}
        <span className="who">{[name, tenant].filter((one) => one !== undefined).join(' × ') || say('title')}</span>
        {live === undefined ? null : (
          <span className="live" role="status">
            <Shape state={live ? 'ok' : 'wait'} />
            {live ? say('live') : say('notLive')}
          </span>
        )}
        {choose === undefined ? null : (
          <select
            aria-label={say('language')}
            value={language}
            onChange={(event) => choose(event.currentTarget.value as Language)}
          >
            {Object.entries(LANGUAGES).map(([code, label]) => (
              <option key={code} value={code}>
                {label}
              </option>
            ))}
          </select>
        )}
      </header>
      <main>{children}</main>
      {support === undefined ? null : (
        <footer>
          <a href={support.startsWith('https://') ? support : `mailto:${support}`} rel="noreferrer">
            {say('stuck', { support })}
          </a>
        </footer>
      )}
    </div>
  )
}
