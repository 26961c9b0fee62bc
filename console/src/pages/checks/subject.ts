// What a check is of, in words.

import { useTranslation } from 'react-i18next'
import type { Answer } from '../../api/client.ts'

/** A check, as the API shows it. */
export type CheckRun = Answer<'GET /tenants/{tenant}/checks/{check}'>

/** Says what a check is of. */
export function useSubject(): (subject: CheckRun['subject']) => string {
  const { t } = useTranslation('checks')
  return ({ kind, name }) =>
    kind === 'tenant' ? t('subject.tenant') : kind === 'app' ? t('subject.app', { app: name }) : name
}
