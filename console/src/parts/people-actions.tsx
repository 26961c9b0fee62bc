// What can be done with the people that are selected: first as a plan, then one after the other.

import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { patchScim } from '../api/scim.ts'
import { useApi } from '../api/use-api.ts'
import { useMay } from '../session.tsx'
import { Confirm } from './confirm.tsx'
import css from './directory.module.css'
import { Hint } from './hint.ts'
import { nameOf } from './person-names.ts'
import { useSettled } from './use-settled.ts'

/** The bar above a list of people. */
export function PeopleActions({
  tenant,
  ids,
  clear,
  done,
  total,
}: {
  readonly tenant: string
  readonly ids: readonly string[]
  readonly clear: () => void
  readonly done: () => void
  readonly total: string
}) {
  const { t } = useTranslation('people')
  const { t: parts } = useTranslation('parts')
  const mayEdit = useMay('edit')
  const [asked, setAsked] = useState<'deactivate' | 'activate' | 'join'>()
  const [group, setGroup] = useState<{ readonly id: string; readonly name: string }>()
  const finish = () => {
    setAsked(undefined)
    clear()
    done()
  }
  const run = async () => {
    if (asked === 'join' && group !== undefined) {
      const value = ids.map((id) => ({ value: id }))
      await patchScim(tenant, `/Groups/${group.id}`, [{ op: 'add', path: 'members', value }])
    } else {
      // One after the other: what is refused stops the rest, and says which.
      for (const id of ids)
        await patchScim(tenant, `/Users/${id}`, [{ op: 'replace', path: 'active', value: asked === 'activate' }])
    }
    finish()
  }
  if (ids.length === 0 || !mayEdit) return <p className={css.bar}>{total}</p>
  const count = { count: ids.length }
  return (
    <div className={css.bar}>
      <span>{parts('selected', count)}</span>
      <Button variant="default" onClick={() => setAsked('deactivate')}>
        {t('deactivate')}
      </Button>
      <Button variant="default" onClick={() => setAsked('activate')}>
        {t('activate')}
      </Button>
      <Button variant="default" onClick={() => setAsked('join')}>
        {t('addToGroup')}
      </Button>
      <Button variant="subtle" onClick={clear}>
        {parts('clear')}
      </Button>
      <Confirm
        opened={asked === 'deactivate' || asked === 'activate'}
        title={t(asked === 'activate' ? 'plan.activate' : 'plan.deactivate', count)}
        action={t(asked === 'activate' ? 'activate' : 'deactivate')}
        danger={asked === 'deactivate'}
        run={run}
        close={() => setAsked(undefined)}
      >
        <p>{t('plan.what', count)}</p>
      </Confirm>
      <Confirm
        opened={asked === 'join'}
        title={t('plan.join', count)}
        action={t('addToGroup')}
        danger={false}
        run={async () => {
          if (group === undefined) throw new Hint(t('plan.noGroup'))
          await run()
        }}
        close={() => setAsked(undefined)}
      >
        <GroupChoice tenant={tenant} chosen={group} choose={setGroup} />
      </Confirm>
    </div>
  )
}

/** Finds a group by its name. */
export function GroupChoice({
  tenant,
  chosen,
  choose,
}: {
  readonly tenant: string
  readonly chosen: { readonly id: string; readonly name: string } | undefined
  readonly choose: (group: { readonly id: string; readonly name: string }) => void
}) {
  const { t } = useTranslation('people')
  const [typed, setTyped] = useState('')
  const q = useSettled(typed.trim(), 150)
  const found = useApi(
    'GET /tenants/{tenant}/groups',
    { params: { tenant }, query: { q, limit: 10 } },
    { enabled: q !== '' },
  )
  return (
    <div className={css.choice}>
      <TextInput
        label={t('findGroup')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-autofocus
      />
      {q !== '' &&
        found.data?.items.map(({ resource }) => {
          const name = nameOf(resource)
          return (
            <Button
              key={resource.id}
              variant={chosen?.id === resource.id ? 'filled' : 'default'}
              aria-pressed={chosen?.id === resource.id}
              onClick={() => choose({ id: resource.id, name })}
            >
              {name}
            </Button>
          )
        })}
    </div>
  )
}
