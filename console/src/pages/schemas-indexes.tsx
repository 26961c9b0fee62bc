// The indexes of a tenant: what is quick to look for, what is being built, and how one is declared.

import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/use-api.ts'
import { Failed } from '../parts/failed.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useMay } from '../session.tsx'
import css from './schemas.module.css'

/** Indexes, and the form that declares one. */
export function Indexes({ tenant }: { readonly tenant: string }) {
  const { t } = useTranslation('schemas')
  const edits = useMay('edit')
  const read = useApi(
    'GET /tenants/{tenant}/indexes',
    { params: { tenant }, query: { limit: 1_000 } },
    { everyMs: 5_000 },
  )
  const remove = useAct('DELETE /tenants/{tenant}/indexes/{type}/{path}')
  return (
    <Panel flush title={t('tabs.indexes')}>
      {edits && <Declare tenant={tenant} />}
      {remove.error !== null && <Failed error={remove.error} />}
      <Loaded read={read} lines={6}>
        {({ items }) => (
          <ShortTable
            label={t('tabs.indexes')}
            rows={items}
            keyOf={({ type, path }) => `${type} ${path}`}
            columns={[
              { title: t('path'), cell: ({ path }) => <code>{path}</code> },
              { title: t('type'), cell: ({ type }) => type },
              {
                title: t('state'),
                cell: ({ ready }) => <Status state={ready ? 'ok' : 'wait'}>{t(ready ? 'ready' : 'building')}</Status>,
              },
              { title: t('from'), cell: ({ own }) => t(own ? 'own' : 'builtIn') },
              ...(edits
                ? [
                    {
                      title: '',
                      align: 'end' as const,
                      cell: ({ own, type, path }: (typeof items)[number]) =>
                        own && (
                          <Button
                            size="compact-xs"
                            variant="subtle"
                            color="red"
                            onClick={() => remove.mutate({ params: { tenant, type, path } })}
                          >
                            {t('removeIndex')}
                          </Button>
                        ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}

function Declare({ tenant }: { readonly tenant: string }) {
  const { t } = useTranslation('schemas')
  const types = useApi('GET /tenants/{tenant}/types', { params: { tenant }, query: { limit: 1_000 } })
  const [type, setType] = useState('User')
  const [path, setPath] = useState('')
  const put = useAct('PUT /tenants/{tenant}/indexes/{type}/{path}', { done: () => setPath('') })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    put.mutate({ params: { tenant, type, path: path.trim() } })
  }
  return (
    <form className={css.declare} onSubmit={submit}>
      <Select
        label={t('type')}
        data={types.data?.items.map(({ name }) => name) ?? ['User']}
        value={type}
        onChange={(one) => setType(one ?? 'User')}
      />
      <TextInput
        label={t('path')}
        placeholder="department"
        value={path}
        onChange={(event) => setPath(event.currentTarget.value)}
        required
        withAsterisk={false}
      />
      <Button type="submit" loading={put.isPending}>
        {t('declare')}
      </Button>
      {put.error !== null && <Failed error={put.error} />}
    </form>
  )
}
