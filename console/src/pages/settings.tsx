// The settings of the installation: how people sign in, who they are, the tokens of programs, and what is kept how long.

import { useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { To } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import css from './settings.module.css'
import { People } from './settings-people.tsx'
import { RetentionSettings } from './settings-retention.tsx'
import { SignInSettings } from './settings-sign-in.tsx'
import { Tokens } from './settings-tokens.tsx'

const PARTS = ['people', 'sign-in', 'tokens', 'retention'] as const

/** The page of settings: its address says which part. */
export default function Settings() {
  const { t } = useTranslation('ways')
  const { pathname } = useLocation()
  const part = PARTS.find((one) => pathname.endsWith(`/${one}`)) ?? 'people'
  return (
    <Page title={t('settings')}>
      <nav className={css.parts} aria-label={t('settings')}>
        {PARTS.map((one) => (
          <To key={one} to={`/settings/${one}`} className={one === part ? `${css.part} ${css.here}` : css.part}>
            {t(`parts.${one}`)}
          </To>
        ))}
      </nav>
      {part === 'people' && <People />}
      {part === 'sign-in' && <SignInSettings />}
      {part === 'tokens' && <Tokens />}
      {part === 'retention' && <RetentionSettings />}
    </Page>
  )
}
