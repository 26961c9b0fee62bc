// Would it pass now? Asks, and tells what came of it.

import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useAct } from '../api/use-api.ts'
import css from '../pages/requests.module.css'
import { Failed } from '../parts/failed.tsx'
import { Status } from '../parts/status.tsx'
import { Changes, Explained } from './told.tsx'

/** A button that asks whether a request would pass now, and the answer below it. */
export function WouldPass({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const { t } = useTranslation('requests')
  const language = useLanguage()
  const ask = useAct('POST /tenants/{tenant}/requests/{id}/again')
  return (
    <div className={css.stack}>
      <div className={css.buttons}>
        <Button
          variant="default"
          loading={ask.isPending}
          onClick={() => ask.mutate({ params: { tenant, id }, body: { language } })}
        >
          {t('again.ask')}
        </Button>
      </div>
      {ask.error !== null && <Failed error={ask.error} />}
      {ask.data !== undefined && <Verdict told={ask.data} />}
    </div>
  )
}

function Verdict({ told }: { readonly told: Answer<'POST /tenants/{tenant}/requests/{id}/again'> }) {
  const { t } = useTranslation('requests')
  const { verdict, because, madeUp, now } = told
  const state = verdict === 'passes' ? 'ok' : verdict === 'refused' ? 'warn' : 'wait'
  return (
    <div className={css.stack} role="status">
      <Status state={state} ground>
        {t(`again.${verdict}`, { status: now?.status ?? 0 })}
      </Status>
      {because !== undefined && <p>{t(`because.${because}`)}</p>}
      {madeUp && <p className={css.quiet}>{t('again.madeUp')}</p>}
      {verdict === 'refused' && now?.explanation !== undefined && (
        <Explained told={now.explanation} status={now.status} />
      )}
      {verdict === 'passes' && now !== undefined && <Changes changes={now.changes} />}
      <p className={css.quiet}>{t('again.nothing')}</p>
    </div>
  )
}

/** The language of explanations: that of the page, where there is one. */
export function useLanguage(): 'en' | 'de' {
  const { i18n } = useTranslation()
  return i18n.language.startsWith('de') ? 'de' : 'en'
}
