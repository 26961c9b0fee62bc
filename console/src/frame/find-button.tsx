// The button of the search in the top bar; the dialog itself is loaded when it opens.

import { Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { keyName } from '../parts/keys.ts'
import css from './find.module.css'

/** The button. */
export function FindButton({ find }: { readonly find: () => void }) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      className={css.button}
      aria-label={t('find')}
      aria-keyshortcuts="Control+K Meta+K /"
      onClick={find}
    >
      <Search size={15} aria-hidden="true" />
      <span className={css.label}>{t('find')}</span>
      <span className={css.key} data-keys={keyName('K')} />
    </button>
  )
}
