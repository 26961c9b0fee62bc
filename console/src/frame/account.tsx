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
        {SCHEMES.map((one) => (
          <Choice key={one} chosen={one === colorScheme} choose={() => setColorScheme(one)}>
            {t(`scheme.${one}`)}
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('density.label')}</Menu.Label>
        {DENSITIES.map((one) => (
          <Choice
            key={one}
            chosen={one === density}
            choose={() => {
              localStorage.setItem('lockstep-density', one)
              document.documentElement.dataset.density = one
              setDensity(one)
            }}
          >
            {t(`density.${one}`)}
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('language')}</Menu.Label>
        {(Object.keys(LANGUAGES) as Language[]).map((one) => (
          <Choice key={one} chosen={one === currentLanguage()} choose={() => void changeLanguage(one)}>
            <span lang={one}>{LANGUAGES[one]}</span>
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{t('signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Choice({
  chosen,
  choose,
  children,
}: {
  readonly chosen: boolean
  readonly choose: () => void
  readonly children: React.ReactNode
}) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={chosen}
      onClick={choose}
      closeMenuOnClick={false}
      rightSection={chosen ? <span aria-hidden="true">✓</span> : null}
    >
      {children}
    </Menu.Item>
  )
}
