// A resource as JSON, with any two versions side by side, as the log tells them.

import { Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Resource } from '../api/scim.ts'
import { useApi } from '../api/use-api.ts'
import { moment } from '../words/figures.ts'
import css from './directory.module.css'
import { JsonMerge, JsonView } from './json-view.tsx'
import { Panel } from './page.tsx'
import { versionsOf } from './versions.ts'

/** The raw document, now and then. */
export function RawVersions({
  tenant,
  type,
  resource,
}: {
  readonly tenant: string
  readonly type: string
  readonly resource: Resource
}) {
  const { t } = useTranslation('people')
  const params = { tenant, type, id: resource.id }
  const story = useApi('GET /tenants/{tenant}/resources/{type}/{id}/timeline', { params, query: { limit: 200 } })
  const versions = versionsOf(resource, story.data?.items ?? [])
  const [left, setLeft] = useState<string>()
  const [right, setRight] = useState<string>()
  const data = versions.map(({ place, at }) => ({
    value: String(place),
    label: at === undefined ? t('raw.now') : t('raw.after', { place, when: moment(at) }),
  }))
  const documentAt = (place: string | undefined) => versions.find((one) => String(one.place) === place)?.document
  const before = documentAt(left)
  return (
    <Panel title={t('tab.raw')}>
      <div className={css.bar}>
        <Select
          label={t('raw.left')}
          placeholder={t('raw.one')}
          data={data}
          value={left ?? null}
          clearable
          onChange={(value) => setLeft(value ?? undefined)}
        />
        <Select
          label={t('raw.right')}
          data={data}
          value={right ?? data[0]?.value ?? null}
          onChange={(value) => setRight(value ?? undefined)}
        />
      </div>
      {before === undefined ? (
        <JsonView value={documentAt(right) ?? resource} height={480} />
      ) : (
        <JsonMerge before={before} after={documentAt(right) ?? resource} height={480} />
      )}
    </Panel>
  )
}
