// The lists of roles and entitlements that a tenant offers to identity providers.

import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { Failed } from '../parts/failed.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useMay } from '../session.tsx'
import css from './schemas.module.css'

type Entry = Answer<'GET /tenants/{tenant}/lists/{type}'>['items'][number] & { readonly value?: string }

/** A list, by its type. */
export function ListsOfValues({ tenant }: { readonly tenant: string }) {
  const { t } = useTranslation('schemas')
  const edits = useMay('edit')
  const [type, setType] = useState('Role')
  const types = useApi('GET /tenants/{tenant}/types', { params: { tenant }, query: { limit: 1_000 } })
  const off = types.data?.items.some(({ name }) => name === type) === false
  const read = useApi(
    'GET /tenants/{tenant}/lists/{type}',
    { params: { tenant, type }, query: { limit: 1_000 } },
    { enabled: types.data !== undefined && !off },
  )
  const remove = useAct('DELETE /tenants/{tenant}/lists/{type}/{value}')
  return (
    <Panel
      flush
      title={t('tabs.lists')}
      actions={
        <Select
          aria-label={t('list')}
          data={['Role', 'Entitlement']}
          value={type}
          onChange={(one) => setType(one ?? 'Role')}
        />
      }
    >
      {off ? (
        <SwitchOn tenant={tenant} type={type} />
      ) : (
        <>
          {edits && <Add tenant={tenant} type={type} />}
          {remove.error !== null && <Failed error={remove.error} />}
          <Loaded read={read} lines={4}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty what={t('noEntry.what')} why={t('noEntry.why')} />
              ) : (
                <ShortTable<Entry>
                  label={type}
                  rows={items}
                  keyOf={({ value }) => value ?? ''}
                  columns={[
                    { title: t('value'), cell: ({ value }) => <code>{value}</code> },
                    { title: t('display'), cell: ({ display }) => display },
                    {
                      title: '',
                      align: 'end',
                      cell: ({ value = '' }) =>
                        edits && (
                          <Button
                            size="compact-xs"
                            variant="subtle"
                            color="red"
                            onClick={() => remove.mutate({ params: { tenant, type, value } })}
                          >
                            {t('removeEntry')}
                          </Button>
                        ),
                    },
                  ]}
                />
              )
            }
          </Loaded>
        </>
      )}
    </Panel>
  )
}

function SwitchOn({ tenant, type }: { readonly tenant: string; readonly type: string }) {
  const { t } = useTranslation('schemas')
  const edits = useMay('edit')
  const put = useAct('PUT /tenants/{tenant}/types/{type}')
  return (
    <Empty
      what={t('listOff.what')}
      why={t('listOff.why')}
      action={
        edits && (
          <>
            <Button
              loading={put.isPending}
              onClick={() => put.mutate({ params: { tenant, type }, body: { name: type } })}
            >
              {t('listOff.do', { type })}
            </Button>
            {put.error !== null && <Failed error={put.error} />}
          </>
        )
      }
    />
  )
}

function Add({ tenant, type }: { readonly tenant: string; readonly type: string }) {
  const { t } = useTranslation('schemas')
  const [value, setValue] = useState('')
  const [display, setDisplay] = useState('')
  const put = useAct('PUT /tenants/{tenant}/lists/{type}/{value}', {
    done: () => {
      setValue('')
      setDisplay('')
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    put.mutate({ params: { tenant, type, value: value.trim() }, body: display === '' ? {} : { display } })
  }
  return (
    <form className={css.declare} onSubmit={submit}>
      <TextInput
        label={t('value')}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        required
        withAsterisk={false}
      />
      <TextInput label={t('display')} value={display} onChange={(event) => setDisplay(event.currentTarget.value)} />
      <Button type="submit" loading={put.isPending}>
        {t('addEntry')}
      </Button>
      {put.error !== null && <Failed error={put.error} />}
    </form>
  )
}
