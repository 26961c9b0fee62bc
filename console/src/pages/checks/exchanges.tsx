// Requests and answers that show a fault, side by side.

import { useTranslation } from 'react-i18next'
import css from './checks.module.css'

/** What was sent and what was answered, without credentials. */
export function Exchanges({
  exchanges,
}: {
  readonly exchanges: readonly { readonly request: string; readonly answer: string }[]
}) {
  const { t, i18n } = useTranslation('checks')
  return exchanges.map(({ request, answer }, at) => (
    <div key={`${at} ${request}`} className={css.exchange}>
      {[
        [t('request'), request],
        [t('answer'), answer],
      ].map(([name = '', text = '']) => (
        <div key={name}>
          <h3 lang={i18n.language}>{name}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
          <pre tabIndex={0}>{text}</pre>
        </div>
      ))}
    </div>
  ))
}
