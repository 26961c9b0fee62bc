// The account menu: who is signed in, light or dark, density, language, and out.

import { Menu, useMantineColorScheme } from '@mantine/core'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { signOut } from '../api/signed-in.ts'
import { useSession } from '../session.tsx'
import { changeLanguage, currentLanguage, LANGUAGES, type Language } from '../words/words.ts'
import css from './account.module.css'

const SCHEMES = ['auto', 'light', 'dark'] as const
const DENSITIES = ['compact', 'comfortable'] as const

/** The account menu. */
export function Account() {
  const { t } = useTranslation()
  const { name, role } = useSession()
  // Without this it adds a style element while it changes.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const [density, setDensity] = useState(document.documentElement.dataset.density)
  const chooseDensity = (one: string) => {
    localStorage.setItem('lockstep-density', one)
    document.documentElement.dataset.density = one
    setDensity(one)
  }
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className={css.account}>
          <span className="unseen">{t('account')}: </span>
          <span className={css.name}>{name}</span>
          <span className={css.role}>{t(`roles.${role as 'owner'}`)}</span>
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('scheme.label')}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(one) => setColorScheme(SCHEMES.find((scheme) => scheme === one) ?? 'auto')}
        >
          {SCHEMES.map((one) => (
            <Menu.RadioItem key={one} value={one}>
              {t(`scheme.${one}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t('density.label')}</Menu.Label>
        <Menu.RadioGroup value={density ?? 'compact'} onChange={chooseDensity}>
          {DENSITIES.map((one) => (
            <Menu.RadioItem key={one} value={one}>
              {t(`density.${one}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t('language')}</Menu.Label>
        <Menu.RadioGroup value={currentLanguage()} onChange={(one) => void changeLanguage(one as Language)}>
          {(Object.keys(LANGUAGES) as Language[]).map((one) => (
            <Menu.RadioItem key={one} value={one}>
              <span lang={one}>{LANGUAGES[one]}</span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{t('signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
